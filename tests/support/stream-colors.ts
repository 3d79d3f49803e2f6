/**
 * A process of its own, to be run inside a network namespace: streams still colours to devices through
 * the outputs of the capture worker until its standard input ends, then ends the streams.
 *
 *   node --import tsx tests/support/stream-colors.ts '[device, …]'
 */
import { once } from 'node:events'
import type { TargetPlan } from '../../src/protocol/worker-messages.ts'
import { Output } from '../../workers/capture/output/output.ts'
import { toStillColors } from './still-colors.ts'

const FRAME_MS = 50

const devices = JSON.parse(process.argv[2] ?? '[]') as TargetPlan['device'][]
const events = { onIdle: () => {}, onTrouble: () => {} }
const outputs = devices.map((device) => new Output(device, toStillColors(device.led_count), events))
await Promise.all(outputs.map((output) => output.open()))
const timer = setInterval(() => {
  for (const output of outputs) if (!output.isBusy) output.send()
}, FRAME_MS)
process.stdin.resume()
await once(process.stdin, 'end')
clearInterval(timer)
await Promise.all(outputs.map((output) => output.end(true)))
const counts = outputs.map((output) => output.takeCounts())
console.log(JSON.stringify(counts))
