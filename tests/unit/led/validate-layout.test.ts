import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { LedLayout, StripGap } from '../../../src/led/layout.ts'
import { findLayoutProblems } from '../../../src/led/validate-layout.ts'

const validate = suite('validation of layouts')

function matrix(changes: object = {}): LedLayout {
  const plain = {
    type: 'matrix',
    columns: 4,
    rows: 3,
    first_led: 'top_left',
    runs: 'rows',
    serpentine: true,
    led_start: 0,
  }
  return { ...plain, ...changes } as LedLayout
}

function withGaps(...gaps: readonly (readonly [StripGap['edge'], number, number])[]): LedLayout {
  return {
    type: 'strip',
    segments: [{ edge: 'top', led_start: 0, led_count: 4, reverse: false }],
    gaps: gaps.map(([edge, start_percent, end_percent]) => ({ edge, start_percent, end_percent })),
    border_depth_percent: 10,
  }
}

function told(layout: LedLayout, ledCount = 12): readonly string[] {
  return findLayoutProblems(layout, ledCount).map(({ field, message }) => `${field} ${message}`)
}

validate('accepts a matrix that fits', () => {
  assert.equal(told(matrix()), [])
  assert.equal(told(matrix({ led_start: 3 }), 15), [])
})

validate('refuses a matrix with more LEDs than the device has', () => {
  const message = 'columns times rows reaches LED 12, but the last LED of the device is 11'
  assert.equal(told(matrix({ led_start: 1 })), [message])
})

validate('refuses a matrix of no whole numbers', () => {
  assert.equal(told(matrix({ columns: 0, rows: 1.5, led_start: -1 })), [
    'columns must be a whole number of at least 1',
    'rows must be a whole number of at least 1',
    'led_start must be a whole number of at least 0',
  ])
})

validate('accepts gaps that leave room', () => {
  assert.equal(told(withGaps(['top', 0, 10], ['top', 10, 99.5], ['left', 0, 100])), [])
})

validate('refuses gaps that are none, or lead nowhere', () => {
  assert.equal(told(withGaps(['top', 30, 30])), ['gaps.0.end_percent must be more than start_percent'])
  assert.equal(told(withGaps(['top', 30, 101])), ['gaps.0.end_percent must be a number from 0 to 100'])
  assert.equal(told(withGaps(['top', -1, Number.NaN])), [
    'gaps.0.start_percent must be a number from 0 to 100',
    'gaps.0.end_percent must be a number from 0 to 100',
  ])
  assert.equal(told(withGaps(['middle' as 'top', 0, 10])), [
    'gaps.0.edge must be one of top, right, bottom, left',
  ])
})

validate('refuses gaps that overlap, and those that leave no room', () => {
  assert.equal(told(withGaps(['top', 0, 50], ['left', 0, 50], ['top', 49, 60])), [
    'gaps.2.start_percent begins inside gaps.0, or reaches into it',
  ])
  assert.equal(told(withGaps(['top', 0, 100])), [
    'gaps.0.end_percent leaves no room for the LEDs of the top edge',
  ])
  assert.equal(told(withGaps(['top', 50, 100], ['left', 0, 100], ['top', 0, 50])), [
    'gaps.2.end_percent leaves no room for the LEDs of the top edge',
  ])
})

validate.run()
