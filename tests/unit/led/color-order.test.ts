import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { COLOR_ORDERS, ColorSorter } from '../../../src/led/color-order.ts'

const order = suite('colour order')

order('puts each colour where its letter stands', () => {
  const letters = Buffer.from('rgbrgb')
  for (const name of COLOR_ORDERS) {
    const sorter = new ColorSorter(letters, name)
    sorter.sort()
    assert.is(Buffer.from(sorter.sorted).toString(), name + name)
  }
})

order('leaves white the last', () => {
  const sorter = new ColorSorter(Buffer.from('rgbwrgbw'), 'grb', 4)
  sorter.sort()
  assert.is(Buffer.from(sorter.sorted).toString(), 'grbwgrbw')
})

order('copies nothing where the strip takes RGB', () => {
  const colors = new Uint8Array(6)
  assert.is(new ColorSorter(colors, 'rgb').sorted, colors)
})

order('takes the colours over when told, and not before', () => {
  const colors = Uint8Array.of(1, 2, 3)
  const sorter = new ColorSorter(colors, 'bgr')
  const { sorted } = sorter
  assert.equal([...sorted], [0, 0, 0])
  sorter.sort()
  assert.equal([...sorted], [3, 2, 1])
  colors.set([4, 5, 6])
  sorter.sort()
  assert.equal([...sorted], [6, 5, 4])
})

order.run()
