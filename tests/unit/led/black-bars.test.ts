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
        show(detector, paint(window, [90, 60, 30], [3, 3, 3], size), 0, 1.5)
        assert.equal(detector.window, window)
      },
    ),
  )
})

bars('are skipped after a second only, and given up much sooner', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const film = inset(0, 9)
  show(detector, paint(film), 0, 0.9)
  assert.equal(detector.window, WHOLE)
  show(detector, paint(film), 950, 0.2)
  assert.equal(detector.window, film)
  show(detector, paint(WHOLE), 2_000, 0.1)
  assert.equal(detector.window, film, 'a flash')
  show(detector, paint(film), 2_150, 0.1)
  show(detector, paint(WHOLE), 3_000, 0.3)
  assert.equal(detector.window, WHOLE)
})

bars('stay through black, dark pictures, and noise', () => {
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const film = inset(0, 9)
  let nowMs = show(detector, paint(film), 0, 1.5)
  nowMs = show(detector, paint(WHOLE, [0, 0, 0]), nowMs, 10)
  assert.equal(detector.window, film)
  // A small light in the middle of a black picture.
  nowMs = show(detector, paint(inset(60, 33)), nowMs, 10)
  assert.equal(detector.window, film)
  show(detector, paint(film, [90, 60, 30], [20, 20, 20]), nowMs, 10)
  assert.equal(detector.window, film)
})

bars('are not found in a dark picture, nor on one side only, nor beyond two fifths', () => {
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['a small light', paint(inset(60, 33))],
    ['a light sky above a black sea', paint({ ...WHOLE, bottom: 40 })],
    ['a light at the left', paint({ ...WHOLE, right: 70 })],
    ['a slit', paint(inset(0, 30))],
    ['nothing', paint(WHOLE, [0, 0, 0])],
  ]
  for (const [what, frame] of cases) {
    const detector = new BlackBarDetector(SOURCE_SIZE)
    show(detector, frame, 0, 5)
    assert.equal(detector.window, WHOLE, what)
  }
})

bars('are not given up for subtitles or a logo in them, and found beside a logo', () => {
  const film = inset(0, 9)
  const withLogo = paint(film)
  for (let y = 3; y < 7; y += 1) withLogo.fill(200, (y * width + 118) * 3, (y * width + 124) * 3)
  const detector = new BlackBarDetector(SOURCE_SIZE)
  let nowMs = show(detector, withLogo, 0, 1.5)
  assert.equal(detector.window, film)
  const withSubtitles = paint(film)
  for (let y = 65; y < 69; y += 1) {
    for (let x = 40; x < 90; x += 2) withSubtitles.fill(230, (y * width + x) * 3, (y * width + x + 1) * 3)
  }
  nowMs = show(detector, withSubtitles, nowMs, 10)
  assert.equal(detector.window, film)
  // What fills the line is a picture, even at one side.
  show(detector, paint({ ...film, bottom: height }), nowMs, 1)
  assert.not.equal(detector.window, film)
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
    [20],
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
