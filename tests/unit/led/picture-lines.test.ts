import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isLineLit, toColumns, toRows } from '../../../src/led/picture-lines.ts'

const lines = suite('lines of a picture')

const SIZE = { width: 5, height: 4 }

function withPixel(x: number, y: number, color: number): Uint8Array {
  const frame = new Uint8Array(SIZE.width * SIZE.height * 3)
  frame[(y * SIZE.width + x) * 3 + color] = 100
  return frame
}

lines('are lit by any pixel and any of its colours, where any is enough', () => {
  for (let x = 0; x < SIZE.width; x += 1) {
    for (let y = 0; y < SIZE.height; y += 1) {
      for (const color of [0, 1, 2]) {
        const frame = withPixel(x, y, color)
        const isLit = (level: number): readonly (readonly number[])[] =>
          [toRows(SIZE), toColumns(SIZE)].map((all) =>
            Array.from({ length: all.count }, (_, line) => line).filter((line) =>
              isLineLit(frame, all, line, { level, share: 0 }),
            ),
          )
        assert.equal(isLit(99), [[y], [x]])
        assert.equal(isLit(100), [[], []])
      }
    }
  }
})

lines('leave out what is cut off their ends', () => {
  const rule = { level: 0, share: 0 }
  const frame = withPixel(2, 0, 1)
  assert.is(isLineLit(frame, toRows(SIZE), 0, rule, 2, 2), true)
  assert.is(isLineLit(frame, toRows(SIZE), 0, rule, 3, 0), false)
  assert.is(isLineLit(frame, toRows(SIZE), 0, rule, 0, 3), false)
  assert.is(isLineLit(frame, toRows(SIZE), 0, rule, 4, 4), false, 'nothing is left')
})

lines('are lit by more than the share, to the pixel on short lines', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 127 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (pixels, share) => {
        const frame = new Uint8Array(pixels.flatMap((isLit) => (isLit ? [0, 9, 0] : [0, 0, 0])))
        const isLit = isLineLit(frame, toRows({ width: pixels.length, height: 1 }), 0, { level: 8, share })
        assert.is(isLit, pixels.filter(Boolean).length > Math.floor(pixels.length * share))
      },
    ),
  )
})

lines.run()
