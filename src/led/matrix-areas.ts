import type { Matrix } from './layout.ts'
import { type PictureWindow, toPixels } from './picture.ts'
import type { SampleAreas } from './sampling.ts'

/** Every LED looks at its own cell of the window. */
export function toMatrixAreas(matrix: Matrix, ledCount: number, window: PictureWindow): SampleAreas {
  const { columns, rows, led_start } = matrix
  const areas = new Uint32Array(ledCount * 4)
  for (let i = 0; i < columns * rows && led_start + i < ledCount; i += 1) {
    const [column, row] = toMatrixCell(matrix, i)
    const [left, right] = toPixels(window.left, window.right, column / columns, (column + 1) / columns)
    const [top, bottom] = toPixels(window.top, window.bottom, row / rows, (row + 1) / rows)
    areas.set([left, top, right, bottom], (led_start + i) * 4)
  }
  return areas
}

/** Column and row, from the top left, of the LED that comes `index` after the first. */
export function toMatrixCell(
  { columns, rows, first_led, runs, serpentine }: Matrix,
  index: number,
): readonly [column: number, row: number] {
  const perRun = runs === 'rows' ? columns : rows
  const run = Math.floor(index / perRun)
  const step = index % perRun
  const along = serpentine && run % 2 === 1 ? perRun - 1 - step : step
  const [x, y] = runs === 'rows' ? [along, run] : [run, along]
  return [first_led.endsWith('left') ? x : columns - 1 - x, first_led.startsWith('top') ? y : rows - 1 - y]
}
