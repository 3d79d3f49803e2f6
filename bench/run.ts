/**
 * `npm run bench [-- --json]`: LedGrab beside a peer that does the same work, in one run, the two
 * taking turns. Only the ratios mean something; the absolute figures are this machine's, now.
 */
import { cpus } from 'node:os'
import { measureDdp } from './ddp.ts'
import { measureRecorder } from './recorder.ts'
import type { BenchRow } from './row.ts'

const rows: BenchRow[] = []
for (const [name, measure] of [
  ['recorder', measureRecorder],
  ['DDP encoder', measureDdp],
] as const) {
  process.stderr.write(`measuring: ${name} …\n`)
  rows.push(...(await measure()))
}

const machine = { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, node: process.version }
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ machine, rows }, null, 2)}\n`)
} else {
  console.log(`${machine.cores} × ${machine.cpu}, Node.js ${machine.node}`)
  console.table(
    Object.fromEntries(
      rows.map(({ what, ours, peer, unit, peerName, ratio }) => [
        what,
        { LedGrab: ours, peer, unit, ratio, 'the peer is': peerName },
      ]),
    ),
  )
}
