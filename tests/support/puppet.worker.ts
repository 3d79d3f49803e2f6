import { openWorkerSide } from '../../src/threads/inside/worker-side.ts'
import type { PuppetCommand, PuppetOptions, PuppetReport } from './puppet.ts'

const side = openWorkerSide<PuppetOptions, PuppetCommand, PuppetReport | { kind: string }>()
const { options } = side
// Keeps the thread alive until it is asked to stop, as a socket would.
const alive = setInterval(() => {}, 60_000)

function record(tag: string, count: number): void {
  for (let i = 0; i < count; i += 1) {
    side.record('device', 'device_discovered', { message: `${tag} ${i}`, metadata: { tag, i } })
  }
}

function onCommand(command: PuppetCommand): void {
  switch (command.kind) {
    case 'record':
      record(command.tag, command.count)
      side.send({ kind: 'recorded', tag: command.tag })
      return
    case 'post':
      side.send(command.message as PuppetReport)
      return
    case 'end':
      record(command.tag, command.count)
      if (command.how === 'throw') throw new Error('the puppet was told to crash')
      while (command.how === 'hang');
      process.exit(3)
  }
}

async function onStop(): Promise<void> {
  if (options.onStop !== 'linger') clearInterval(alive)
  if (options.onStop === 'throw') throw new Error('the puppet cannot stop')
  if (options.onStop === 'exit') process.exit(4)
  if (options.onStop === 'hang') {
    record('hanging', 10)
    for (;;);
  }
  await new Promise((resolve) => setImmediate(resolve))
  record('stopping', options.recordsAtStop ?? 0)
}

record('starting', options.recordsAtStart ?? 0)
if (options.onStart === 'exit') process.exit(5)
while (options.onStart === 'hang');
if (options.onStart === 'throw') throw new Error('the puppet cannot start')
if (options.onStart !== 'never-ready') {
  side.send({ kind: 'hello', options })
  side.ready({ onCommand, onStop })
}
