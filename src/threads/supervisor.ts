import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { runAsSystem } from '../activity/actor.ts'
import { Intake } from '../activity/intake.ts'
import type { ActivityRecorder } from '../activity/recorder.ts'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { Backoff } from '../lib/backoff.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Part } from '../lib/part.ts'
import { boundText } from '../protocol/text.ts'
import type { BaseReport, LogLevel, WorkerStart } from '../protocol/worker-messages.ts'
import { workerEntry } from './worker-entry.ts'

const READY_TIMEOUT_MS = 10_000
const STOP_TIMEOUT_MS = 2_000
const EXIT_TIMEOUT_MS = 500
/** A worker that ran this long has earned a quick restart again. */
const STABLE_AFTER_MS = 60_000

/** What every supervisor needs from the server. */
export interface SupervisorContext {
  readonly recorder: Pick<ActivityRecorder, 'record' | 'take' | 'countLostInWorker'>
  readonly log: (level: LogLevel, message: string, fields: object) => void
}

export interface SupervisorOptions<Options, Report> {
  /** `workers/ENTRY.worker`. */
  readonly entry: string
  /** For people: `discovery`, `capture of Screen`. */
  readonly name: string
  /** Read at every start, so that a restarted worker gets what is true then. */
  readonly options: () => Options
  readonly onReport: (report: Report) => void
  /** After every `ready`, the first and those after a crash: commands go out here again. */
  readonly onReady?: () => void
  readonly restart?: { readonly firstMs: number; readonly capMs: number }
}

interface Running {
  readonly worker: Worker
  readonly port: MessagePort
  /** The port is closed: nothing the worker said is still under way. */
  readonly closed: Promise<unknown>
  readonly exited: Promise<unknown>
  readonly startedMs: number
  isReady: boolean
  isDrained: boolean
  failure: string | undefined
}

/**
 * Keeps one long-lived worker running: starts it, hears it, restarts it with a capped back-off
 * after a crash, and stops it without losing what it said last.
 */
export class Supervisor<Options, Command, Report extends { kind: string }> implements Part {
  readonly #context: SupervisorContext
  readonly #options: SupervisorOptions<Options, Report>
  readonly #backoff: Backoff
  #running: Running | undefined
  #stopping = false
  #restartTimer: NodeJS.Timeout | undefined
  #restarts = 0

  constructor(context: SupervisorContext, options: SupervisorOptions<Options, Report>) {
    this.#context = context
    this.#options = options
    this.#backoff = new Backoff(options.restart ?? { firstMs: 500, capMs: 30_000 })
  }

  /** How often it was restarted after a crash. */
  get restarts(): number {
    return this.#restarts
  }

  /**
   * Resolves when the worker has said that it is ready.
   *
   * @throws `LG_THREAD_NOT_READY`, `LG_THREAD_CRASHED`; it is not restarted then.
   */
  async start(): Promise<void> {
    // A worker outlives the request that caused it: its messages must not act in that request's name.
    await runAsSystem(() => this.#launch())
  }

  /** Posts a command. While the worker is down it is dropped: `onReady` says everything again. */
  send(command: Command): void {
    if (this.#running?.isReady) this.#running.port.postMessage(command)
  }

  /**
   * Asks the worker to stop and resolves when everything it said has arrived. A worker that does
   * not answer within 2 s is terminated, and the server log says that records of it may be lost.
   */
  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#restartTimer)
    const running = this.#running
    if (running === undefined) return
    running.port.postMessage({ kind: 'stop' })
    try {
      await withDeadline(running.closed, STOP_TIMEOUT_MS, `stopping ${this.#options.name}`)
      await withDeadline(running.exited, EXIT_TIMEOUT_MS, `the end of thread ${this.#options.name}`)
    } catch (cause) {
      const level = running.isDrained ? 'debug' : 'warn'
      this.#context.log(level, `${this.#options.name} was terminated`, { error: toErrorMessage(cause) })
    }
    await running.worker.terminate()
  }

  async #launch(): Promise<void> {
    const { entry, name, options } = this.#options
    const { file, module } = workerEntry(entry)
    const { port1: port, port2: theirs } = new MessageChannel()
    const start: WorkerStart<Options> = { ...(module && { module }), port: theirs, name, options: options() }
    const worker = new Worker(file, { workerData: start, transferList: [theirs], name })
    const running: Running = {
      worker,
      port,
      closed: once(port, 'close'),
      exited: once(worker, 'exit'),
      startedMs: performance.now(),
      isReady: false,
      isDrained: false,
      failure: undefined,
    }
    this.#running = running
    // `error` comes before `exit`; without a listener it would end the server.
    worker.on('error', (cause) => {
      running.failure = toErrorMessage(cause)
    })
    const ready = this.#listen(running)
    const ended = this.#watchEnd(running)
    await this.#untilReady(running, ready, ended)
    running.isReady = true
    this.#options.onReady?.()
  }

  async #untilReady(running: Running, ready: Promise<void>, ended: Promise<void>): Promise<void> {
    const { name } = this.#options
    const crashed = ended.then(() => {
      throw new LedGrabError(
        'LG_THREAD_CRASHED',
        `${name} ended before it was ready: ${running.failure ?? 'no error'}`,
      )
    })
    try {
      await withDeadline(Promise.race([ready, crashed]), READY_TIMEOUT_MS, `the start of ${name}`)
    } catch (cause) {
      crashed.catch(() => {})
      await running.worker.terminate()
      if (cause instanceof LedGrabError && cause.code === 'LG_THREAD_CRASHED') throw cause
      throw new LedGrabError('LG_THREAD_NOT_READY', `${name} did not get ready`, { cause })
    }
    crashed.catch(() => {})
  }

  #listen(running: Running): Promise<void> {
    const intake = new Intake(running.port, this.#context.recorder)
    return new Promise((resolve) => {
      running.port.on('message', (message: BaseReport | Report) => {
        if (intake.take(message)) return
        switch (message.kind) {
          case 'ready':
            resolve()
            return
          case 'log': {
            const { level, message: text, fields } = message as Extract<BaseReport, { kind: 'log' }>
            this.#context.log(level, boundText(text, 1_000), { worker: this.#options.name, ...fields })
            return
          }
          case 'drained':
            running.isDrained = true
            return
          default:
            this.#handReport(message as Report)
        }
      })
    })
  }

  /** A handler that throws is a bug of ours, not a reason to lose the messages behind it. */
  #handReport(report: Report): void {
    try {
      this.#options.onReport(report)
    } catch (cause) {
      this.#context.log('error', `a report of ${this.#options.name} could not be handled`, {
        kind: report.kind,
        error: toErrorMessage(cause),
      })
    }
  }

  /** Resolves when the thread is gone and all it said was heard; restarts it unless it was asked to end. */
  async #watchEnd(running: Running): Promise<void> {
    await running.exited
    // `exit` can overtake messages; only the port's close is behind them all.
    await running.closed
    if (this.#running === running) this.#running = undefined
    if (this.#stopping || !running.isReady) return
    this.#recordCrash(running)
    if (performance.now() - running.startedMs > STABLE_AFTER_MS) this.#backoff.reset()
    this.#scheduleRestart()
  }

  #recordCrash(running: Running): void {
    const { name } = this.#options
    const reason = boundText(running.failure ?? 'it ended by itself', 300)
    this.#context.recorder.record('system', 'worker_crashed', {
      message: `The worker "${name}" stopped working: ${reason}. It will be restarted.`,
      entity: { type: 'worker', id: this.#options.entry, name },
      metadata: { worker: name, reason, restarts: this.#restarts },
    })
  }

  #scheduleRestart(): void {
    const delayMs = this.#backoff.nextMs()
    this.#restartTimer = setTimeout(() => void this.#restart(), delayMs)
  }

  async #restart(): Promise<void> {
    const { name, entry } = this.#options
    try {
      await this.#launch()
    } catch (cause) {
      if (this.#stopping) return
      this.#context.log('error', `${name} could not be restarted; trying again`, {
        error: toErrorMessage(cause),
      })
      this.#scheduleRestart()
      return
    }
    this.#restarts += 1
    this.#context.recorder.record('system', 'worker_restarted', {
      message: `The worker "${name}" runs again.`,
      entity: { type: 'worker', id: entry, name },
      metadata: { worker: name, restarts: this.#restarts },
    })
  }
}
