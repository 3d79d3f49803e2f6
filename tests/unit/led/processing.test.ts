import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { applyTable, toProcessingTable } from '../../../src/led/processing.ts'

const processing = suite('processing')

processing('changes nothing at full brightness and gamma 1', () => {
  assert.equal(
    [...toProcessingTable({ brightness: 1, gamma: 1 })],
    Array.from({ length: 256 }, (_, i) => i),
  )
})

processing('is dark at brightness 0', () => {
  assert.ok(toProcessingTable({ brightness: 0, gamma: 2.2 }).every((value) => value === 0))
})

processing('scales the LED values by the brightness, after gamma', () => {
  const half = toProcessingTable({ brightness: 0.5, gamma: 1 })
  assert.equal([half[0], half[100], half[255]], [0, 50, 128])
  const curved = toProcessingTable({ brightness: 0.5, gamma: 2 })
  // (127 / 255)² is 0.248: 63.25 at full brightness.
  assert.equal([curved[0], curved[127], curved[255]], [0, 32, 128])
})

processing('keeps black black and never reverses an order', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      (brightness, gamma) => {
        const table = toProcessingTable({ brightness, gamma })
        assert.is(table[0], 0)
        assert.is(table[255], Math.round(255 * brightness))
        for (let i = 1; i < 256; i += 1) assert.ok((table[i] ?? -1) >= (table[i - 1] ?? -1))
      },
    ),
  )
})

processing('replaces every byte in place', () => {
  const rgb = Uint8Array.from([0, 1, 255, 254, 3, 2])
  applyTable(
    rgb,
    Uint8Array.from({ length: 256 }, (_, i) => 255 - i),
  )
  assert.equal([...rgb], [255, 254, 0, 1, 252, 253])
})

processing.run()
