import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mix, parseColor, toHue } from '../../../src/led/colors.ts'
import { paintEffect } from '../../../src/led/effects.ts'
import { type Painter, paintColor, paintGradient } from '../../../src/led/painting.ts'
import { type PictureSize, SOURCE_SIZE, toFrameBytes } from '../../../src/led/picture.ts'

const painting = suite('painting')

const EFFECTS = ['rainbow', 'breathe', 'fire', 'chase'] as const
const COLORS = ['#ff8000', '#0080ff']

function shot(paint: Painter, timeMs = 0, size: PictureSize = SOURCE_SIZE): Uint8Array {
  const frame = new Uint8Array(toFrameBytes(size)).fill(77)
  paint(frame, timeMs)
  return frame
}

function pixel(frame: Uint8Array, x: number, y: number, { width }: PictureSize = SOURCE_SIZE): number[] {
  return [...frame.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
}

function effect(name: (typeof EFFECTS)[number], size = SOURCE_SIZE, speed = 1): Painter {
  return paintEffect(size, { effect: name, speed, colors: COLORS })
}

painting('reads and mixes colours; halves are halves of light', () => {
  assert.equal(parseColor('#ff8001'), [255, 128, 1])
  assert.equal([0, 1 / 3, 2 / 3, 1, -1 / 3].map(toHue), [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 0, 0],
    [0, 0, 255],
  ])
  assert.equal(mix([0, 0, 0], [255, 255, 255], 0.5), [188, 188, 188])
  assert.equal(mix([10, 20, 30], [200, 100, 0], 0), [10, 20, 30])
  assert.equal(mix([10, 20, 30], [200, 100, 0], 1), [200, 100, 0])
})

painting('fills the picture with one colour', () => {
  const frame = shot(paintColor({ width: 3, height: 2 }, '#0102ff'), 0, { width: 3, height: 2 })
  assert.equal([...frame], Array.from({ length: 6 }, () => [1, 2, 255]).flat())
})

painting('leads a gradient where its angle says, from the first stop to the last', () => {
  const stops = [
    { at: 1, color: '#0000ff' },
    { at: 0, color: '#ff0000' },
  ]
  const { width, height } = SOURCE_SIZE
  const corners = (angle: number): number[][] => {
    const frame = shot(paintGradient(SOURCE_SIZE, stops, angle))
    return [
      pixel(frame, 0, 0),
      pixel(frame, width - 1, 0),
      pixel(frame, width - 1, height - 1),
      pixel(frame, 0, height - 1),
    ]
  }
  const [red, blue] = [
    [255, 0, 0],
    [0, 0, 255],
  ]
  assert.equal(corners(0), [red, blue, blue, red])
  assert.equal(corners(90), [red, red, blue, blue])
  assert.equal(corners(180), [blue, red, red, blue])
  const [start, , end] = corners(45)
  assert.equal([start, end], [red, blue])
})

painting('keeps the outer colours before the first stop and after the last', () => {
  const frame = shot(
    paintGradient(
      SOURCE_SIZE,
      [
        { at: 0.4, color: '#ff0000' },
        { at: 0.4, color: '#00ff00' },
        { at: 0.6, color: '#0000ff' },
      ],
      0,
    ),
  )
  assert.equal(pixel(frame, 10, 5), [255, 0, 0])
  assert.equal(pixel(frame, 120, 5), [0, 0, 255])
})

painting('shows the same effect at the same time on every machine', () => {
  for (const name of EFFECTS) {
    assert.equal(shot(effect(name), 1_234), shot(effect(name), 1_234), name)
    assert.not.equal(shot(effect(name), 1_234), shot(effect(name), 2_000), name)
    assert.equal(shot(effect(name, SOURCE_SIZE, 2), 1_000), shot(effect(name), 2_000), `${name}, faster`)
  }
})

painting('paints every pixel of any size at any time', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...EFFECTS),
      fc.integer({ min: 1, max: 33 }),
      fc.integer({ min: 1, max: 33 }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      (name, width, height, timeMs) => {
        const size = { width, height }
        const paint = effect(name, size)
        const first = shot(paint, timeMs, size)
        const again = new Uint8Array(toFrameBytes(size)).fill(200)
        paint(again, timeMs)
        assert.equal(again, first)
      },
    ),
    { numRuns: 200 },
  )
})

painting('turns the rainbow clockwise: what is at the left moves to the top', () => {
  const { width, height } = SOURCE_SIZE
  const left = pixel(shot(effect('rainbow'), 0), 0, height / 2)
  const top = pixel(shot(effect('rainbow'), 2_000), width / 2, 0)
  const isNear = left.every((value, i) => Math.abs(value - (top[i] ?? -99)) <= 12)
  assert.ok(isNear, `${left} and ${top}`)
})

painting('breathes in one colour after the other, dark in between', () => {
  const at = (timeMs: number): number[] => pixel(shot(effect('breathe'), timeMs), 3, 3)
  assert.equal(at(0), [0, 0, 0])
  assert.equal(at(2_000), [255, 128, 0])
  assert.equal(at(4_000), [0, 0, 0])
  assert.equal(at(6_000), [0, 128, 255])
})

painting('chases around the picture with most of it dark', () => {
  const frame = shot(effect('chase'), 700)
  const lit = Array.from(
    { length: frame.length / 3 },
    (_, i) => (frame[i * 3] ?? 0) + (frame[i * 3 + 2] ?? 0) > 20,
  )
  const share = lit.filter(Boolean).length / lit.length
  assert.ok(share > 0.05 && share < 0.4, `${share}`)
})

painting('burns brighter at the bottom than at the top', () => {
  const mean = (row: number): number => {
    let sum = 0
    for (let time = 0; time < 20_000; time += 1_000) {
      const frame = shot(effect('fire'), time)
      for (let x = 0; x < SOURCE_SIZE.width; x += 1) sum += pixel(frame, x, row)[0] ?? 0
    }
    return sum
  }
  assert.ok(mean(SOURCE_SIZE.height - 1) > 3 * mean(0))
})

painting.run()
