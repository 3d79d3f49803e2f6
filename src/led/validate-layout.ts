import type { LedLayout, Matrix } from './layout.ts'
import { findStripProblems, type LayoutProblem } from './validate-strip.ts'

/** Everything that is wrong with a layout for a device of `ledCount` LEDs; empty when nothing is. */
export function findLayoutProblems(layout: LedLayout, ledCount: number): readonly LayoutProblem[] {
  return layout.type === 'matrix' ? findMatrixProblems(layout, ledCount) : findStripProblems(layout, ledCount)
}

function findMatrixProblems({ columns, rows, led_start }: Matrix, ledCount: number): LayoutProblem[] {
  const problems: LayoutProblem[] = []
  for (const [field, count] of [
    ['columns', columns],
    ['rows', rows],
  ] as const) {
    if (!(Number.isSafeInteger(count) && count >= 1)) {
      problems.push({ field, message: 'must be a whole number of at least 1' })
    }
  }
  if (!(Number.isSafeInteger(led_start) && led_start >= 0)) {
    problems.push({ field: 'led_start', message: 'must be a whole number of at least 0' })
  }
  const last = led_start + columns * rows - 1
  if (problems.length === 0 && last >= ledCount) {
    problems.push({
      field: 'columns',
      message: `times rows reaches LED ${last}, but the last LED of the device is ${ledCount - 1}`,
    })
  }
  return problems
}
