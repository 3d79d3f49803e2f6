import { openWorkerSide } from '../../src/threads/inside/worker-side.ts'
import type { LoadCommand, LoadReport } from './load.ts'
import { SAMPLE } from './sample.ts'

const STEP_MS = 2

const side = openWorkerSide<object, LoadCommand, LoadReport>()
const alive = setInterval(() => {}, 60_000)

function record(): void {
  // The clock that all processes of a machine share: whoever gets the entry knows how old it is.
  const us = Number(process.hrtime.bigint() / 1_000n)
  side.record('entity', 'entity_updated', { ...SAMPLE, metadata: { ...SAMPLE.metadata, us } })
}

/** Even steps, so that the pace is steady and not a row of bursts. */
function run(ratePerSecond: number, seconds: number): void {
  const total = Math.round(ratePerSecond * seconds)
  const startedMs = performance.now()
  let count = 0
  const step = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - startedMs) / 1_000) * ratePerSecond))
    for (; count < due; count += 1) record()
    if (count < total) return
    clearInterval(step)
    side.send({ kind: 'offered', count })
  }, STEP_MS)
}

function timeCalls(count: number): void {
  const us = new Float64Array(count)
  let at = 0
  // In portions that the main thread can acknowledge: beyond the window a call only counts.
  const portion = (): void => {
    for (const end = Math.min(count, at + 500); at < end; at += 1) {
      const startedMs = performance.now()
      record()
      us[at] = (performance.now() - startedMs) * 1_000
    }
    if (at < count) setTimeout(portion, 20)
    else side.send({ kind: 'call-times', us })
  }
  portion()
}

side.ready({
  onCommand: (command) => {
    switch (command.kind) {
      case 'run':
        run(command.ratePerSecond, command.seconds)
        return
      case 'time-calls':
        timeCalls(command.count)
    }
  },
  onStop: () => clearInterval(alive),
})
