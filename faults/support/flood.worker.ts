/** A worker that records and does nothing else: entries numbered by `source` and `n`. */
import { openWorkerSide } from '../../src/threads/inside/worker-side.ts'
import type { FloodOptions, FloodReport } from './flood.ts'

const side = openWorkerSide<FloodOptions, { kind: string }, FloodReport>()
const { source, burst, everyMs, count = Number.POSITIVE_INFINITY, padding = 0 } = side.options
const text = 'x'.repeat(padding)
let n = 0

function flood(): void {
  for (let i = 0; i < burst && n < count; i += 1) {
    n += 1
    side.record('device', 'device_discovered', {
      message: `${source} ${n}`,
      metadata: { source, n, ...(padding > 0 && { text }) },
    })
  }
}

const timer = setInterval(flood, everyMs)
side.ready({ onCommand: () => {}, onStop: () => clearInterval(timer) })
