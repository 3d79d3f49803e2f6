import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { createSharedRecords, Intake } from '../../src/activity/intake.ts'
import { withDeadline } from '../../src/lib/deadline.ts'
import type { WorkerDraft } from '../../src/protocol/activity-draft.ts'
import type { SharedRecords } from '../../src/protocol/shared-records.ts'
import type { BaseCommand, BaseReport } from '../../src/protocol/worker-messages.ts'
import { workerEntry } from '../../src/threads/worker-entry.ts'

const STOP_DEADLINE_MS = 5_000
const DEFAULT_TIMEOUT_MS = 10_000

type LogLine = Extract<BaseReport, { kind: 'log' }>

/** A real worker thread and the main thread's end of its port. Every record is settled at once. */
export class SpawnedWorker<Command, Report extends { kind: string }> {
  readonly worker: Worker
  /** What it reported, oldest first, without records and log lines. */
  readonly reports: Report[] = []
  readonly drafts: WorkerDraft[] = []
  readonly logs: LogLine[] = []
  isReady = false
  isDrained = false
  readonly #port: MessagePort
  readonly #intake: Intake
  readonly #closed: Promise<unknown>
  readonly #waiting = new Set<() => void>()
  #failure: Error | undefined

  constructor(worker: Worker, port: MessagePort, records: SharedRecords) {
    this.worker = worker
    this.#port = port
    this.#intake = new Intake(records, {
      take: (draft, receipt) => {
        this.drafts.push(draft)
        receipt.settled()
      },
      countLostInWorker: () => {},
    })
    this.#closed = once(port, 'close')
    port.on('message', (message: BaseReport | Report) => this.#receive(message))
    port.on('close', () => {
      this.#intake.takeAll()
      this.#wake()
    })
    worker.on('error', (cause: unknown) => {
      this.#failure = cause instanceof Error ? cause : new Error(String(cause))
      this.#wake()
    })
    // A failed test must end red, not hang on the thread it left behind: every wait has a timer.
    worker.unref()
    port.unref()
  }

  send(command: Command): void {
    this.#port.postMessage(command)
  }

  /**
   * Resolves as soon as `read` gives something other than undefined or false; `read` runs now and
   * after every message. Rejects when the thread throws.
   */
  async until<T>(
    read: () => T | undefined | false,
    what: string,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<T> {
    let check = (): void => {}
    const found = new Promise<T>((resolve, reject) => {
      check = () => {
        const value = read()
        if (value !== undefined && value !== false) resolve(value)
        else if (this.#failure) reject(this.#failure)
      }
      check()
      this.#waiting.add(check)
    })
    try {
      return await withDeadline(found, timeoutMs, what)
    } finally {
      this.#waiting.delete(check)
    }
  }

  /** The next report of a kind from this call on. */
  next<K extends Report['kind']>(
    kind: K,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<Extract<Report, { kind: K }>> {
    const seen = this.reports.length
    const isWanted = (report: Report): report is Extract<Report, { kind: K }> => report.kind === kind
    return this.until(() => this.reports.slice(seen).find(isWanted), `a report ${kind}`, timeoutMs)
  }

  /** The first record with `action`, present or future. */
  draft(action: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<WorkerDraft> {
    return this.until(
      () => this.drafts.find((draft) => draft.action === action),
      `an entry ${action}`,
      timeoutMs,
    )
  }

  /** The stop handshake: resolves when the port is closed, after everything the worker still said. */
  async stop(): Promise<void> {
    this.#port.postMessage({ kind: 'stop' } satisfies BaseCommand)
    await withDeadline(this.#closed, STOP_DEADLINE_MS, 'the stop of the worker')
    if (this.#failure) throw this.#failure
    if (!this.isDrained) throw new Error('the port closed before the worker said drained')
  }

  /** What a crash looks like. */
  async terminate(): Promise<void> {
    await this.worker.terminate()
    this.#port.close()
  }

  #receive(message: BaseReport | Report): void {
    if (message.kind === 'records') this.#intake.takeSoon()
    else this.#intake.takeAll()
    if (isBaseReport(message)) this.#receiveBase(message)
    else this.reports.push(message)
    this.#wake()
  }

  #receiveBase(message: BaseReport): void {
    switch (message.kind) {
      case 'ready':
        this.isReady = true
        return
      case 'records':
        return
      case 'log':
        this.logs.push(message)
        return
      case 'drained':
        this.isDrained = true
    }
  }

  #wake(): void {
    for (const check of this.#waiting) check()
  }
}

export interface SpawnSettings {
  /** The thread's environment; default: a copy of this process's. */
  readonly env?: NodeJS.ProcessEnv
}

/** Starts `workers/NAME.worker.ts` in a thread, as the supervisor does, and waits until it is ready. */
export async function spawnWorker<Options, Command, Report extends { kind: string }>(
  name: string,
  options: Options,
  settings: SpawnSettings = {},
): Promise<SpawnedWorker<Command, Report>> {
  const { port1: ours, port2: theirs } = new MessageChannel()
  const { file, module } = workerEntry(name)
  const records = createSharedRecords()
  const worker = new Worker(file, {
    workerData: { module, port: theirs, name, options, records },
    transferList: [theirs],
    ...(settings.env ? { env: settings.env } : {}),
  })
  const spawned = new SpawnedWorker<Command, Report>(worker, ours, records)
  await spawned.until(() => spawned.isReady, `${name} to be ready`, 20_000)
  return spawned
}

const BASE_KINDS: readonly string[] = ['ready', 'records', 'log', 'drained'] satisfies BaseReport['kind'][]

function isBaseReport(message: { readonly kind: string }): message is BaseReport {
  return BASE_KINDS.includes(message.kind)
}
