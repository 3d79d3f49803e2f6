import { LedGrabError } from '../errors.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Part } from '../lib/part.ts'
import { Serial } from '../lib/serial.ts'
import type { Source } from '../protocol/api-sources.ts'
import type { TargetStats } from '../protocol/worker-messages.ts'
import {
  assertNever,
  type CaptureCommand,
  type CaptureOptions,
  type CaptureReport,
  type SourceState,
  type TargetPlan,
} from '../protocol/worker-messages.ts'
import { Supervisor, type SupervisorContext } from '../threads/supervisor.ts'
import { toSourceSettings } from './source-service.ts'
import type { SourceStates } from './source-states.ts'

/** How long a capture worker may take to accept or release a target. */
const ANSWER_TIMEOUT_MS = 3_000

/** Darkness for lights that are lit for a calibration alone. No source of anybody's. */
export const CALIBRATION_SOURCE: Source = {
  id: 'calibration',
  name: 'calibration',
  type: 'color',
  color: '#000000',
  created_at: '',
}

export interface CaptureManagerOptions {
  readonly context: SupervisorContext
  readonly states: Pick<SourceStates, 'note' | 'closed'>
  readonly onStats: (stats: readonly TargetStats[]) => void
  readonly onPreview: (targetId: string, rgb: Uint8Array) => void
}

interface Capture {
  source: Source
  readonly supervisor: Supervisor<CaptureOptions, CaptureCommand, CaptureReport>
  /** What should run there; said again to a restarted worker. */
  readonly plans: Map<string, TargetPlan>
  /** Who waits for which answer about a target: `target-running tgt_…`. */
  readonly waiting: Map<string, (report: CaptureReport) => void>
}

/** One capture worker per source that a running target needs. Pixels stay in there. */
export class CaptureManager implements Part {
  readonly #options: CaptureManagerOptions
  readonly #captures = new Map<string, Capture>()
  readonly #serial = new Serial()
  #previews: readonly string[] = []
  #isStopping = false

  constructor(options: CaptureManagerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {}

  /** Ends all workers; each releases its controllers. What should run stays noted by the targets. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all([...this.#captures.values()].map(({ supervisor }) => supervisor.stop()))
  }

  /**
   * Runs a target, or gives a running one a new plan without a dark moment. Resolves when the worker
   * has accepted it, which does not depend on the source or the controller.
   *
   * @throws `LG_TIMEOUT`, `LG_THREAD_…`
   */
  async run(source: Source, plan: TargetPlan): Promise<void> {
    await this.#serial.run(source.id, async () => {
      if (this.#isStopping) throw new LedGrabError('LG_THREAD_STOPPED', 'the server is stopping')
      const capture = this.#captures.get(source.id) ?? (await this.#open(source, []))
      const isNew = !capture.plans.has(plan.target_id)
      capture.plans.set(plan.target_id, plan)
      try {
        // A worker that is just being restarted is told by `onReady`.
        await this.#ask(capture, `target-running ${plan.target_id}`, { kind: 'run-target', plan })
      } catch (cause) {
        if (isNew) await this.#abandon(capture, plan.target_id)
        throw cause
      }
    })
  }

  /** Stops a target and resolves when its controller was released. */
  async stopTarget(sourceId: string, targetId: string): Promise<void> {
    await this.#serial.run(sourceId, async () => {
      const capture = this.#captures.get(sourceId)
      if (!capture?.plans.delete(targetId)) return
      try {
        if (capture.supervisor.isReady) {
          await this.#ask(capture, `target-stopped ${targetId}`, { kind: 'stop-target', target_id: targetId })
        }
      } catch (cause) {
        // Nobody else needs the thread: closing it ends the stream all the same.
        if (capture.plans.size > 0) throw cause
      }
      if (capture.plans.size === 0) await this.#close(capture)
    })
  }

  /**
   * Leads a target to another source. Its controller holds what it shows until that source delivers.
   *
   * @throws as `run`; the target does not run then.
   */
  async move(fromSourceId: string, source: Source, plan: TargetPlan): Promise<void> {
    const before = this.#captures.get(fromSourceId)?.plans.get(plan.target_id)
    if (before && isSameController(before, plan)) {
      const next = await this.#leave(fromSourceId, plan.target_id)
      await this.run(source, next === null ? plan : { ...plan, first_sequence: next })
    } else {
      // Not the other way round: releasing the controller would cut off the new stream.
      await this.stopTarget(fromSourceId, plan.target_id)
      await this.run(source, plan)
    }
  }

  /** Gives a running source its new name and settings; its targets go on. */
  change(source: Source): void {
    const capture = this.#captures.get(source.id)
    if (!capture) return
    const before = capture.source
    capture.source = source
    capture.supervisor.send({ kind: 'source-name', name: source.name })
    const settings = toSourceSettings(source)
    if (JSON.stringify(settings) === JSON.stringify(toSourceSettings(before))) return
    capture.supervisor.send({ kind: 'source-settings', settings })
  }

  /** @returns where its stream is; null: there is none. Resolves before a worker that has nothing more to do is gone. */
  async #leave(sourceId: string, targetId: string): Promise<number | null> {
    return await new Promise<number | null>((resolve, reject) => {
      const left = this.#serial.run(sourceId, async () => {
        const capture = this.#captures.get(sourceId)
        if (!capture?.plans.delete(targetId)) {
          resolve(null)
          return
        }
        try {
          if (capture.supervisor.isReady) {
            const command = { kind: 'leave-target', target_id: targetId } as const
            const report = await this.#ask(capture, `target-left ${targetId}`, command)
            resolve(report.kind === 'target-left' ? report.next_sequence : null)
          } else resolve(null)
        } finally {
          if (capture.plans.size === 0) await this.#close(capture)
        }
      })
      left.catch(reject)
    })
  }

  /** Whose colours somebody looks at. */
  setPreviews(targetIds: readonly string[]): void {
    this.#previews = targetIds
    for (const { supervisor } of this.#captures.values())
      supervisor.send({ kind: 'preview', target_ids: targetIds })
  }

  async #open(source: Source, plans: Iterable<readonly [string, TargetPlan]>): Promise<Capture> {
    const capture: Capture = {
      source,
      plans: new Map(plans),
      waiting: new Map(),
      supervisor: new Supervisor(this.#options.context, {
        entry: 'capture',
        name: `capture of ${source.name}`,
        options: () => ({
          source_id: source.id,
          source_name: capture.source.name,
          settings: toSourceSettings(capture.source),
          ...(source === CALIBRATION_SOURCE && { is_silent: true }),
        }),
        onReport: (report) => this.#handle(capture, report),
        onDown: (reason) => this.#noteState(capture, 'failed', `the capture stopped working: ${reason}`),
        onReady: () => {
          capture.supervisor.send({ kind: 'preview', target_ids: this.#previews })
          for (const plan of capture.plans.values()) capture.supervisor.send({ kind: 'run-target', plan })
        },
      }),
    }
    // Before it starts: a stop of the server in that moment must find it.
    this.#captures.set(source.id, capture)
    try {
      await capture.supervisor.start()
    } catch (cause) {
      this.#captures.delete(source.id)
      this.#options.states.closed(source.id)
      throw cause
    }
    return capture
  }

  /** Takes back a target that was not accepted in time: the worker may still get round to it. */
  async #abandon(capture: Capture, targetId: string): Promise<void> {
    capture.plans.delete(targetId)
    capture.supervisor.send({ kind: 'stop-target', target_id: targetId })
    if (capture.plans.size === 0) await this.#close(capture)
  }

  async #close(capture: Capture): Promise<void> {
    this.#captures.delete(capture.source.id)
    await capture.supervisor.stop()
    this.#options.states.closed(capture.source.id)
  }

  async #ask(capture: Capture, answer: string, command: CaptureCommand): Promise<CaptureReport> {
    const answered = new Promise<CaptureReport>((resolve) => capture.waiting.set(answer, resolve))
    capture.supervisor.send(command)
    try {
      return await withDeadline(
        answered,
        ANSWER_TIMEOUT_MS,
        `the answer of the capture of ${capture.source.name}`,
      )
    } finally {
      capture.waiting.delete(answer)
    }
  }

  #noteState({ source }: Capture, state: SourceState, reason: string | null): void {
    if (source !== CALIBRATION_SOURCE) this.#options.states.note(source.id, state, reason)
  }

  #handle(capture: Capture, report: CaptureReport): void {
    switch (report.kind) {
      case 'target-running':
      case 'target-stopped':
      case 'target-left':
        capture.waiting.get(`${report.kind} ${report.target_id}`)?.(report)
        return
      case 'source-state':
        // The worker has recorded it itself.
        this.#noteState(capture, report.state, report.reason)
        return
      case 'target-stats':
        this.#options.onStats(report.stats)
        return
      case 'target-preview':
        this.#options.onPreview(report.target_id, report.rgb)
        return
      default:
        assertNever(report)
    }
  }
}

/** Whether one stream can go on where the other was left; a serial port is not open twice in any case. */
function isSameController({ device: a }: TargetPlan, { device: b }: TargetPlan): boolean {
  return a.id === b.id && a.address === b.address && JSON.stringify(a.output) === JSON.stringify(b.output)
}
