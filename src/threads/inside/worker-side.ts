import { type MessagePort, workerData } from 'node:worker_threads'
import { toErrorMessage } from '../../errors.ts'
import {
  type Action,
  type ActionOf,
  type ActivityDetails,
  type Category,
  isCategory,
  type Recorder,
} from '../../protocol/activity.ts'
import { toDraft, toMalformedDraft, type WorkerDraft } from '../../protocol/activity-draft.ts'
import {
  type BaseCommand,
  type BaseReport,
  type LogLevel,
  MAX_UNACKNOWLEDGED_RECORDS,
  type WorkerStart,
} from '../../protocol/worker-messages.ts'

export interface WorkerHandlers<Command> {
  onCommand(command: Command): void
  /**
   * Ends everything that keeps the thread alive. What is recorded before it resolves still arrives.
   * The supervisor allows 2 s.
   */
  onStop(): void | Promise<void>
}

/** A worker's end of its port: records, reports, log lines, and the stop handshake. */
export class WorkerSide<Options, Command extends { kind: string }, Report> implements Recorder {
  readonly options: Options
  readonly name: string
  readonly #port: MessagePort
  #handlers: WorkerHandlers<Command> | undefined
  #posted = 0
  #acknowledged = 0
  #lost: Partial<Record<Category, number>> = {}
  #hasLost = false
  #stopping = false

  constructor(start: WorkerStart<Options>) {
    this.options = start.options
    this.name = start.name
    this.#port = start.port as MessagePort
  }

  /** Takes commands from now on and tells the supervisor so. Call it once everything is set up. */
  ready(handlers: WorkerHandlers<Command>): void {
    this.#handlers = handlers
    this.#port.on('message', (message: BaseCommand | Command) => this.#receive(message))
    // Emitted on this thread also when it throws: what it dropped since the last report is told.
    process.once('exit', () => this.#reportLost())
    this.#post({ kind: 'ready' })
  }

  record<C extends Category>(category: C, action: ActionOf<C>, details: ActivityDetails): void {
    if (this.#posted - this.#acknowledged >= MAX_UNACKNOWLEDGED_RECORDS) {
      this.#countLost(isCategory(category) ? category : 'system')
      return
    }
    const tsMs = Date.now()
    try {
      const { actor: _actor, ...draft } = toDraft(category, action as Action, details, {
        tsMs,
        actor: 'system',
      })
      this.#postDraft(draft)
    } catch {
      this.#postDraft(toMalformedDraft(category, action, details, tsMs))
    }
  }

  /** Posts a report. After `stop` the main thread no longer acts on it. */
  send(report: Report): void {
    this.#post(report)
  }

  log(level: LogLevel, message: string, fields: object = {}): void {
    this.#post({ kind: 'log', level, message, fields })
  }

  #receive(message: BaseCommand | Command): void {
    switch (message.kind) {
      case 'ack':
        this.#acknowledged = Math.max(this.#acknowledged, (message as { upTo: number }).upTo)
        this.#reportLost()
        return
      case 'stop':
        void this.#stop()
        return
      default:
        this.#handlers?.onCommand(message as Command)
    }
  }

  async #stop(): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    try {
      await this.#handlers?.onStop()
    } catch (cause) {
      this.log('warn', `${this.name} did not stop cleanly`, { error: toErrorMessage(cause) })
    }
    this.#reportLost()
    this.#post({ kind: 'drained' })
    this.#port.close()
  }

  #postDraft(draft: WorkerDraft): void {
    this.#posted += 1
    this.#port.postMessage({ kind: 'activity', n: this.#posted, draft } satisfies BaseReport)
  }

  #post(message: BaseReport | Report): void {
    this.#port.postMessage(message)
  }

  #countLost(category: Category): void {
    this.#lost[category] = (this.#lost[category] ?? 0) + 1
    this.#hasLost = true
  }

  #reportLost(): void {
    if (!this.#hasLost) return
    const counts = this.#lost
    this.#lost = {}
    this.#hasLost = false
    this.#post({ kind: 'activity-lost', counts })
  }
}

/** This thread's side, from `workerData`. Call it once, at the top of a `*.worker.ts`. */
export function openWorkerSide<Options, Command extends { kind: string }, Report>(): WorkerSide<
  Options,
  Command,
  Report
> {
  return new WorkerSide(workerData as WorkerStart<Options>)
}
