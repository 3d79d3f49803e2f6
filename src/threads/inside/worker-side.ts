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
import { toDraft, toMalformedDraft } from '../../protocol/activity-draft.ts'
import type { BaseCommand, BaseReport, LogLevel, WorkerStart } from '../../protocol/worker-messages.ts'
import { RecordOutbox } from './record-outbox.ts'

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
  readonly #outbox: RecordOutbox
  #handlers: WorkerHandlers<Command> | undefined
  #stopping = false

  constructor(start: WorkerStart<Options>) {
    this.options = start.options
    this.name = start.name
    this.#port = start.port as MessagePort
    this.#outbox = new RecordOutbox(start.records, () => this.#post({ kind: 'records' }))
  }

  /** Takes commands from now on and tells the supervisor so. Call it once everything is set up. */
  ready(handlers: WorkerHandlers<Command>): void {
    this.#handlers = handlers
    this.#port.on('message', (message: BaseCommand | Command) => this.#receive(message))
    this.#post({ kind: 'ready' })
  }

  record<C extends Category>(category: C, action: ActionOf<C>, details: ActivityDetails): void {
    if (!this.#outbox.hasRoom) {
      this.#outbox.countLost(isCategory(category) ? category : 'system')
      return
    }
    const tsMs = Date.now()
    try {
      const { actor: _actor, ...draft } = toDraft(category, action as Action, details, {
        tsMs,
        actor: 'system',
      })
      this.#outbox.put(draft)
    } catch {
      this.#outbox.put(toMalformedDraft(category, action, details, tsMs))
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
      case 'stop':
        void this.#stop()
        return
      case 'ping':
        this.#post({ kind: 'pong' })
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
    this.#post({ kind: 'drained' })
    this.#port.close()
  }

  #post(message: BaseReport | Report): void {
    this.#port.postMessage(message)
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
