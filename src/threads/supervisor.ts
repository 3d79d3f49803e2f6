import { runAsSystem } from '../activity/actor.ts'
import type { ActivityRecorder } from '../activity/recorder.ts'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { Backoff } from '../lib/backoff.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Part } from '../lib/part.ts'
import { boundText } from '../protocol/text.ts'
import type { BaseReport, LogLevel } from '../protocol/worker-messages.ts'
import { Pulse } from './pulse.ts'
import { type Running, spawnRunning } from './running.ts'
import { type WorkerEntry, workerEntry } from './worker-entry.ts'

const READY_TIMEOUT_MS = 10_000
const STOP_TIMEOUT_MS = 2_000
const EXIT_TIMEOUT_MS = 500
/** A thread that does nothing for three times as long hangs. */
const PULSE_MS = 5_000
const MISSED_PULSES = 3
/** A worker that ran this long has earned a quick restart again. */
const STABLE_AFTER_MS = 60_000

/** What every supervisor needs from the server. */
export interface SupervisorContext {
  readonly recorder: Pick<ActivityRecorder, 'record' | 'take' | 'countLostInWorker'>
  readonly log: (level: LogLevel, message: string, fields: object) => void
  /** Told of each restart after a crash, with the kind of worker. */
  readonly onRestart?: (entry: string) => void
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
  /** It crashed or hangs; `onReady` follows when it works again. */
  readonly onDown?: (reason: string) => void
  /** How often it is asked whether it is there, ms; default 5,000. After three questions without an answer it hangs. */
  readonly pulseMs?: number
  readonly restart?: { readonly firstMs: number; readonly capMs: number }
  /** How long a start may take until the worker is ready, ms; default 10,000. */
  readonly readyTimeoutMs?: number
  /** Finds the file of `entry`; default: `workerEntry`. */
  readonly resolve?: (entry: string) => WorkerEntry
}

/**
 * Keeps one long-lived worker running: starts it, hears it, ends it when it hangs, restarts it with a capped back-off
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

  /** Whether it takes commands now. */
  get isReady(): boolean {
    return this.#running?.state === 'ready'
  }

  /** How often it was restarted after a crash. */
  get restarts(): number {
    return this.#restarts
  }

  /**
   * Resolves when the worker has said that it is ready.
   *
   * @throws `LG_THREAD_NOT_READY`, `LG_THREAD_CRASHED`; it is not restarted then.
   *   `LG_THREAD_STOPPED` when `stop` came first.
   */
  async start(): Promise<void> {
    if (this.#stopping) throw new LedGrabError('LG_THREAD_STOPPED', `${this.#options.name} was stopped`)
    // A worker outlives the request that caused it: its messages must not act in that request's name.
    await runAsSystem(() => this.#launch())
  }

  /** Posts a command. While the worker is down it is dropped: `onReady` says everything again. */
  send(command: Command): void {
    if (this.#running?.state === 'ready') this.#running.port.postMessage(command)
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
    running.pulse?.stop()
    const { name } = this.#options
    running.port.postMessage({ kind: 'stop' })
    try {
      await withDeadline(running.closed, STOP_TIMEOUT_MS, `stopping ${name}`)
      await withDeadline(running.exited, EXIT_TIMEOUT_MS, `the end of thread ${name}`)
    } catch (cause) {
      if (running.isDrained)
        this.#context.log('debug', `${name} was terminated`, { error: toErrorMessage(cause) })
      else this.#warnUndrained(`${name} did not stop in time and was terminated`, toErrorMessage(cause))
      await running.worker.terminate()
      // What it had posted is still on its way.
      await running.closed
      running.intake.takeAll()
      return
    }
    running.intake.takeAll()
    if (!running.isDrained) this.#warnUndrained(`${name} ended while it was stopping`, running.failure)
  }

  #warnUndrained(what: string, error: string | undefined): void {
    this.#context.log('warn', `${what}; what it recorded last may be lost`, { error: error ?? 'no error' })
  }

  async #launch(): Promise<void> {
    const running = this.#spawn()
    this.#running = running
    const ready = this.#listen(running)
    const ended = this.#watchEnd(running)
    await this.#untilReady(running, ready, ended)
    running.state = 'ready'
    running.pulse = new Pulse({
      ask: () => running.port.postMessage({ kind: 'ping' }),
      onSilence: () => this.#endHanging(running),
      everyMs: this.#options.pulseMs ?? PULSE_MS,
      missed: MISSED_PULSES,
    })
    this.#guard('what follows its start', () => this.#options.onReady?.())
  }

  #spawn(): Running {
    const { entry, name, options, resolve: find = workerEntry } = this.#options
    const { file, module } = find(entry)
    const start = { ...(module && { module }), name, options: options() }
    return spawnRunning(file, start, this.#context.recorder)
  }

  async #untilReady(running: Running, ready: Promise<void>, ended: Promise<void>): Promise<void> {
    const { name, readyTimeoutMs = READY_TIMEOUT_MS } = this.#options
    const failed = ended.then(() => {
      if (this.#stopping)
        throw new LedGrabError('LG_THREAD_STOPPED', `${name} was stopped before it was ready`)
      throw new LedGrabError(
        'LG_THREAD_CRASHED',
        `${name} ended before it was ready: ${running.failure ?? 'no error'}`,
      )
    })
    try {
      await withDeadline(Promise.race([ready, failed]), readyTimeoutMs, `the start of ${name}`)
    } catch (cause) {
      await running.worker.terminate()
      await ended
      if (cause instanceof LedGrabError && cause.code !== 'LG_TIMEOUT') throw cause
      throw new LedGrabError('LG_THREAD_NOT_READY', `${name} did not get ready`, { cause })
    }
  }

  #listen(running: Running): Promise<void> {
    const { port, intake } = running
    port.on('messageerror', (cause) => {
      this.#context.log('error', `a message of ${this.#options.name} could not be read`, {
        error: toErrorMessage(cause),
      })
    })
    return new Promise((resolve) => {
      port.on('message', (message: BaseReport | Report) => {
        running.pulse?.heard()
        this.#guard('a message', () => {
          if (message.kind === 'records') {
            intake.takeSoon()
            return
          }
          // What was recorded before this was said comes before it.
          intake.takeAll()
          this.#hear(running, message, resolve)
        })
      })
    })
  }

  #hear(running: Running, message: BaseReport | Report, onReady: () => void): void {
    switch (message.kind) {
      case 'ready':
        onReady()
        return
      case 'pong':
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
        this.#options.onReport(message as Report)
    }
  }

  /** A handler that throws, or a message nobody can read, must cost neither the server nor the next message. */
  #guard(what: string, work: () => void): void {
    try {
      work()
    } catch (cause) {
      this.#context.log('error', `${what} of ${this.#options.name} could not be handled`, {
        error: toErrorMessage(cause),
      })
    }
  }

  /** Resolves when the thread is gone and all it said was heard; restarts it unless it was asked to end. */
  async #watchEnd(running: Running): Promise<void> {
    await running.exited
    // `exit` can overtake messages; only the port's close is behind them all.
    await running.closed
    running.intake.takeAll()
    running.pulse?.stop()
    if (this.#running === running) this.#running = undefined
    if (this.#stopping || running.state === 'starting') return
    // One that hung has been told of.
    if (running.state === 'ready') this.#goDown(running, running.failure ?? 'it ended by itself')
    if (performance.now() - running.startedMs > STABLE_AFTER_MS) this.#backoff.reset()
    this.#scheduleRestart()
  }

  /** It is restarted when the thread has ended, which a call that never returns to JavaScript can hold up. */
  #endHanging(running: Running): void {
    if (this.#stopping) return
    const { pulseMs = PULSE_MS } = this.#options
    this.#goDown(running, `it did nothing for ${(MISSED_PULSES * pulseMs) / 1_000} seconds`)
    void running.worker.terminate()
  }

  #goDown(running: Running, cause: string): void {
    const { name, entry } = this.#options
    const reason = boundText(cause, 300)
    running.state = 'down'
    this.#context.recorder.record('system', 'worker_crashed', {
      message: `The worker "${name}" stopped working: ${reason}. It will be restarted.`,
      entity: { type: 'worker', id: entry, name },
      metadata: { worker: name, reason, restarts: this.#restarts },
    })
    this.#guard('the end', () => this.#options.onDown?.(reason))
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
    this.#context.onRestart?.(this.#options.entry)
    if (this.#stopping) return
    this.#context.recorder.record('system', 'worker_restarted', {
      message: `The worker "${name}" runs again.`,
      entity: { type: 'worker', id: entry, name },
      metadata: { worker: name, restarts: this.#restarts },
    })
  }
}
