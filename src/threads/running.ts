import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { createSharedRecords, Intake } from '../activity/intake.ts'
import type { ActivityRecorder } from '../activity/recorder.ts'
import { toErrorMessage } from '../errors.ts'
import type { WorkerStart } from '../protocol/worker-messages.ts'
import type { Pulse } from './pulse.ts'

/** One run of a supervised worker. */
export interface Running {
  readonly worker: Worker
  readonly port: MessagePort
  readonly intake: Intake
  /** The port is closed: nothing the worker said is still under way. */
  readonly closed: Promise<void>
  readonly exited: Promise<void>
  readonly startedMs: number
  state: 'starting' | 'ready' | 'down'
  isDrained: boolean
  failure: string | undefined
  pulse: Pulse | undefined
}

/** Starts a thread with a port and memory for its records. */
export function spawnRunning(
  file: URL,
  start: Omit<WorkerStart<unknown>, 'port' | 'records'>,
  recorder: Pick<ActivityRecorder, 'take' | 'countLostInWorker'>,
): Running {
  const { port1: port, port2: theirs } = new MessageChannel()
  const records = createSharedRecords()
  const workerData: WorkerStart<unknown> = { ...start, port: theirs, records }
  const worker = new Worker(file, { workerData, transferList: [theirs], name: start.name })
  const running: Running = {
    worker,
    port,
    intake: new Intake(records, recorder),
    closed: new Promise((resolve) => port.once('close', resolve)),
    // Not `events.once`: it rejects on `error`, which a crash emits before `exit`.
    exited: new Promise((resolve) => worker.once('exit', () => resolve())),
    startedMs: performance.now(),
    state: 'starting',
    isDrained: false,
    failure: undefined,
    pulse: undefined,
  }
  // Without a listener `error` would end the server.
  worker.on('error', (cause) => {
    running.failure = toErrorMessage(cause)
  })
  return running
}
