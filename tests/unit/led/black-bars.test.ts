import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BlackBarDetector } from '../../../src/led/black-bars.ts'
import { type PictureSize, type PictureWindow, SOURCE_SIZE, toFrameBytes } from '../../../src/led/picture.ts'

const bars = suite('black bars')

const { width, height } = SOURCE_SIZE
const WHOLE = { left: 0, top: 0, right: width, bottom: height }

type Color = readonly [number, number, number]

/** A picture in one colour in `window`, with bars of another around it. */
function paint(
  window: PictureWindow,
  color: Color = [90, 60, 30],
  bar: Color = [0, 0, 0],
  size: PictureSize = SOURCE_SIZE,
): Uint8Array {
  const frame = new Uint8Array(toFrameBytes(size))
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      const isPicture = x >= window.left && x < window.right && y >= window.top && y < window.bottom
      frame.set(isPicture ? color : bar, (y * size.width + x) * 3)
    }
  }
  return frame
}

function inset(x: number, y: number, size = SOURCE_SIZE): PictureWindow {
  return { left: x, top: y, right: size.width - x, bottom: size.height - y }
}

/** Shows frames at 20 a second from `fromMs` on, for `seconds`. @returns the last time */
function show(detector: BlackBarDetector, frame: Uint8Array, fromMs: number, seconds: number): number {
  const endMs = fromMs + seconds * 1_000
  for (let nowMs = fromMs; nowMs <= endMs; nowMs += 50) detector.look(frame, nowMs)
  return endMs
}

/** Lines of text, so many dots each, in the middle of a frame. */
function write(frame: Uint8Array, fromRow: number, dots: readonly number[]): Uint8Array {
  for (const [i, count] of dots.entries()) {
    const start = Math.floor(width / 2) - count
    for (let row = fromRow + i * 5; row < fromRow + i * 5 + 3; row += 1) {
      for (let dot = 0; dot < count; dot += 1)
        frame.fill(230, (row * width + start + dot * 2) * 3, (row * width + start + dot * 2 + 1) * 3)
    }
  }
  return frame
}

const FILM = inset(0, 9)

bars('are found above and below, at the sides, and both, in any size', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 30, max: 161 }),
      fc.integer({ min: 30, max: 121 }),
      fc.double({ min: 0, max: 0.39, noNaN: true }),
      fc.double({ min: 0, max: 0.39, noNaN: true }),
      (wide, tall, xShare, yShare) => {
        const size = { width: wide, height: tall }
        const window = inset(Math.floor(wide * xShare), Math.floor(tall * yShare), size)
        const detector = new BlackBarDetector(size)
        show(detector, paint(window, [90, 60, 30], [3, 3, 3], size), 0, 2)
        assert.equal(detector.window, window)
      },
    ),
  )
})

bars('are found where black is 16, as video levels have it, with noise', () => {
  const frame = paint(FILM)
  for (let row = 0; row < 9; row += 1) {
    for (let i = 0; i < width * 3; i += 1) {
      frame[row * width * 3 + i] = 14 + ((i * 7 + row) % 6)
      frame[(height - 1 - row) * width * 3 + i] = 14 + ((i * 5 + row) % 6)
    }
  }
  const detector = new BlackBarDetector(SOURCE_SIZE)
  show(detector, frame, 0, 2)
  assert.equal(detector.window, FILM)
})

bars('are skipped after a second and a half only, and given up much sooner', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  show(detector, paint(FILM), 0, 1.4)
  assert.equal(detector.window, WHOLE)
  show(detector, paint(FILM), 1_450, 0.1)
  assert.equal(detector.window, FILM)
  show(detector, paint(WHOLE), 2_000, 0.1)
  assert.equal(detector.window, FILM, 'a flash')
  show(detector, paint(FILM), 2_150, 0.1)
  show(detector, paint(WHOLE), 3_000, 0.2)
  assert.equal(detector.window, WHOLE)
})

bars('stay through black, dark pictures, and noise', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  let nowMs = show(detector, paint(FILM), 0, 2)
  nowMs = show(detector, paint(WHOLE, [0, 0, 0]), nowMs, 20)
  assert.equal(detector.window, FILM)
  // A small light in the middle of a black picture.
  nowMs = show(detector, paint(inset(60, 33)), nowMs, 20)
  assert.equal(detector.window, FILM)
  show(detector, paint(FILM, [90, 60, 30], [24, 24, 24]), nowMs, 20)
  assert.equal(detector.window, FILM)
})

bars('that are seen now and then, between black frames, are found', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const black = paint(WHOLE, [0, 0, 0])
  for (let nowMs = 0; nowMs <= 2_000; nowMs += 50)
    detector.look(nowMs % 300 < 150 ? paint(FILM) : black, nowMs)
  assert.equal(detector.window, FILM)
})

bars('are not found in a dark picture, nor on one side only, nor beyond two fifths', () => {
  const vignette = paint(WHOLE)
  for (let row = 0; row < height; row += 1) {
    vignette.fill(Math.min(row, height - 1 - row) * 3, row * width * 3, (row + 1) * width * 3)
  }
  // A lamp that a letterbox of its own height would fit, and faces at both ends of a table.
  const lamp = paint({ left: 50, top: 12, right: 78, bottom: 60 })
  lamp.fill(0, 0, 12 * width * 3)
  const faces = paint(WHOLE, [8, 8, 8])
  for (let row = 24; row < 44; row += 1) {
    for (const x of [20, 100]) faces.fill(120, (row * width + x) * 3, (row * width + x + 8) * 3)
  }
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['a small light', paint(inset(60, 33))],
    ['a light sky above a black sea', paint({ ...WHOLE, bottom: 40 })],
    ['a light sky above a black coast', paint({ ...WHOLE, bottom: 60 })],
    ['a light at the left', paint({ ...WHOLE, right: 70 })],
    ['a slit', paint(inset(0, 30))],
    ['nothing', paint(WHOLE, [0, 0, 0])],
    ['a picture that darkens towards its edges', vignette],
    ['faces in the dark', faces],
    ['a title', write(paint(WHOLE, [0, 0, 0]), 28, [24, 36, 18])],
    ['a line of credits as wide as the picture', write(paint(WHOLE, [0, 0, 0]), 20, [60, 20, 31, 8, 55])],
  ]
  for (const [what, frame] of cases) {
    const detector = new BlackBarDetector(SOURCE_SIZE)
    show(detector, frame, 0, 20)
    assert.equal(detector.window, WHOLE, what)
  }
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const nowMs = show(detector, paint(FILM), 0, 2)
  for (let row = 0; row < 9; row += 1) {
    faces.fill(0, row * width * 3, (row + 1) * width * 3)
    faces.fill(0, (height - 1 - row) * width * 3, (height - row) * width * 3)
  }
  show(detector, faces, nowMs, 20)
  assert.equal(detector.window, FILM, 'faces in the dark, in a film with bars')
})

bars('are neither given up for a logo in them, nor missed beside one', () => {
  const frame = paint(FILM)
  for (let y = 3; y < 7; y += 1) frame.fill(200, (y * width + 118) * 3, (y * width + 124) * 3)
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const nowMs = show(detector, frame, 0, 2)
  assert.equal(detector.window, FILM)
  show(detector, frame, nowMs, 30)
  assert.equal(detector.window, FILM)
})

bars('are neither given up for subtitles in them, nor missed behind those', () => {
  const withSubtitles = write(paint(FILM), 65, [50])
  const detector = new BlackBarDetector(SOURCE_SIZE)
  let nowMs = show(detector, withSubtitles, 0, 2)
  assert.equal(detector.window, FILM)
  for (let i = 0; i < 5; i += 1) {
    nowMs = show(detector, withSubtitles, nowMs, 7)
    nowMs = show(detector, paint(FILM), nowMs, 0.1)
    assert.equal(detector.window, FILM)
  }
})

bars('stay under the buttons of a player, and are given up for a picture at one side', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const oneSided = paint({ ...FILM, bottom: height })
  let nowMs = show(detector, paint(FILM), 0, 2)
  nowMs = show(detector, oneSided, nowMs + 50, 5)
  assert.equal(detector.window, FILM)
  nowMs = show(detector, paint(FILM), nowMs + 50, 1)
  show(detector, oneSided, nowMs + 50, 10)
  assert.equal(detector.window, WHOLE)
})

bars('do not flicker with a line that is half bar, half picture', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const [dim, bright] = [10, 60].map((value) => {
    const frame = paint(FILM)
    for (const row of [9, height - 10]) frame.fill(value, row * width * 3, (row + 1) * width * 3)
    return frame
  }) as [Uint8Array, Uint8Array]
  let nowMs = 0
  let changes = 0
  for (let i = 0; i < 400; i += 1, nowMs += 50) {
    if (detector.look(i % 80 < 40 ? dim : bright, nowMs)) changes += 1
  }
  assert.ok(changes <= 2, `${changes} changes`)
  assert.equal(detector.window, FILM)
})

bars('change with the shape of the film', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  let nowMs = 0
  for (const window of [inset(0, 9), inset(16, 0), inset(0, 4), inset(10, 12), WHOLE, inset(0, 14)]) {
    nowMs = show(detector, paint(window), nowMs, 3)
    assert.equal(detector.window, window)
  }
})

bars('may differ by a line or two', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  show(detector, paint({ left: 0, top: 10, right: width, bottom: height - 9 }), 0, 2)
  assert.equal(detector.window, inset(0, 9))
})

bars('are told when they change and at no other time', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const frame = paint(inset(0, 9))
  const changes = Array.from({ length: 60 }, (_, i) => detector.look(frame, i * 50))
  assert.equal(
    changes.flatMap((isChange, i) => (isChange ? [i] : [])),
    [30],
  )
})

bars('leave something of any picture, whatever it shows', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.uint8Array({ minLength: 243, maxLength: 243 }), { minLength: 1, maxLength: 20 }),
      (wide, tall, frames) => {
        const detector = new BlackBarDetector({ width: wide, height: tall })
        for (const [i, frame] of frames.entries()) {
          detector.look(frame, i * 700)
          const { left, top, right, bottom } = detector.window
          assert.ok(left >= 0 && left < right && right <= wide && top >= 0 && top < bottom && bottom <= tall)
        }
      },
    ),
  )
})

bars.run()
