import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { GroupSizer } from '../../../src/activity/group-sizer.ts'

const sizer = suite('group sizer')

/** A disk with these costs, its noise the same in every run. */
function createDisk(onceMs: number, perRowMs: number) {
  let state = 1
  const noise = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return 0.8 + (0.4 * state) / 2_147_483_647
  }
  return (rows: number): number => (onceMs + perRowMs * rows) * noise()
}

/** Under load: every other group is as large as it may be, the rest what happened to wait. */
function run(group: GroupSizer, disk: (rows: number) => number, commits: number): number {
  for (let commit = 0; commit < commits; commit += 1) {
    const rows = commit % 2 === 0 ? group.rows : Math.ceil(group.rows * ((commit % 7) / 7 + 0.1))
    group.note(rows, disk(rows))
  }
  return group.rows
}

function assertBetween(value: number, low: number, high: number): void {
  assert.ok(value >= low && value <= high, `${value} is not within ${low} to ${high}`)
}

sizer('fills the budget of 1.5 ms on a quick disk', () => {
  const rows = run(new GroupSizer(), createDisk(0.4, 0.008), 500)
  assertBetween(0.4 + 0.008 * rows, 1, 2)
})

sizer('makes groups larger, not smaller, where the fsync alone is over the budget', () => {
  const rows = run(new GroupSizer(), createDisk(10, 0.008), 500)
  assertBetween(rows, 600, 2_048)
})

sizer('keeps groups small where rows are dear', () => {
  const rows = run(new GroupSizer(), createDisk(0.1, 0.05), 500)
  assertBetween(0.1 + 0.05 * rows, 0.8, 2)
})

sizer('follows a disk that becomes slow, and quick again', () => {
  const group = new GroupSizer()
  run(group, createDisk(0.4, 0.008), 300)
  const slow = run(group, createDisk(0.4, 0.08), 300)
  assertBetween(0.4 + 0.08 * slow, 0.8, 2.2)
  const quick = run(group, createDisk(0.4, 0.008), 300)
  assertBetween(0.4 + 0.008 * quick, 1, 2)
})

sizer('finds out of small groups by itself, though all are of one size', () => {
  const group = new GroupSizer()
  run(group, createDisk(0.4, 0.2), 300)
  assert.is(group.rows, 16)
  const quick = createDisk(0.4, 0.008)
  for (let commit = 0; commit < 300; commit += 1) group.note(group.rows, quick(group.rows))
  assertBetween(0.4 + 0.008 * group.rows, 1, 2)
})

sizer('is not led astray by a commit that was held up', () => {
  const group = new GroupSizer()
  const disk = createDisk(0.4, 0.008)
  const before = run(group, disk, 300)
  group.note(group.rows, 200)
  assert.ok(group.rows > before / 3, `${group.rows} after ${before}`)
})

sizer('stays within its bounds whatever it is told', () => {
  const group = new GroupSizer()
  for (const tookMs of [0, 1e9, 0.001, 5]) {
    for (let i = 0; i < 50; i += 1) group.note(1 + (i % 3), tookMs)
    assertBetween(group.rows, 16, 2_048)
  }
  for (let i = 0; i < 500; i += 1) group.note(128, 1)
  assertBetween(group.rows, 16, 2_048)
})

sizer.run()
