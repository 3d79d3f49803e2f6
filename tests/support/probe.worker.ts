import { openWorkerSide } from '../../src/threads/inside/worker-side.ts'
import type { ProbeCommand, ProbeOptions, ProbeReport } from './probe.ts'

const side = openWorkerSide<ProbeOptions, ProbeCommand, ProbeReport | { kind: string }>()
const { options } = side
// Keeps the thread alive until it is asked to stop, as a socket would.
const alive = setInterval(() => {}, 60_000)

function record(tag: string, count: number): void {
  for (let i = 0; i < count; i += 1) {
    side.record('device', 'device_discovered', { message: `${tag} ${i}`, metadata: { tag, i } })
  }
}

function onCommand(command: ProbeCommand): void {
  switch (command.kind) {
    case 'record':
      record(command.tag, command.count)
      side.send({ kind: 'recorded', tag: command.tag })
      return
    case 'post':
      side.send(command.message as ProbeReport)
      return
    case 'end':
      record(command.tag, command.count)
      if (command.how === 'throw') throw new Error('the probe was told to crash')
      process.exit(3)
  }
}

async function onStop(): Promise<void> {
  if (options.onStop !== 'linger') clearInterval(alive)
  if (options.onStop === 'throw') throw new Error('the probe cannot stop')
  if (options.onStop === 'exit') process.exit(4)
  if (options.onStop === 'hang') {
    record('hanging', 10)
    for (;;);
  }
  await new Promise((resolve) => setImmediate(resolve))
  record('stopping', options.recordsAtStop ?? 0)
}

if (options.onStart === 'throw') throw new Error('the probe cannot start')
if (options.onStart !== 'never-ready') {
  side.send({ kind: 'hello', options })
  side.ready({ onCommand, onStop })
}
