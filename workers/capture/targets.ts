import { toErrorMessage } from '../../src/errors.ts'
import { SOURCE_SIZE } from '../../src/led/picture.ts'
import { PictureLight } from '../../src/led/picture-light.ts'
import type { Recorder } from '../../src/protocol/activity.ts'
import type { CaptureReport, LogLevel, TargetPlan } from '../../src/protocol/worker-messages.ts'
import { toLinkKey } from './output/create-link.ts'
import { OutputJournal } from './output/output-journal.ts'
import { releaseDevice } from './release-device.ts'
import { type RunnerContext, TargetRunner } from './target-runner.ts'
import { Turns } from './turns.ts'

const STATS_INTERVAL_MS = 1_000

/** What the targets need of the worker's side. */
export interface TargetsSink extends Recorder {
  send(report: CaptureReport): void
  log(level: LogLevel, message: string, fields?: object): void
}

/**
 * The targets of one source. What is asked of one target happens in order; targets do not wait for
 * each other, so a dead controller delays no other.
 */
export class Targets {
  readonly #sink: TargetsSink
  readonly #context: RunnerContext
  readonly #runners = new Map<string, TargetRunner>()
  /** The last thing asked of each target, while it is not done. */
  readonly #work = new Map<string, Promise<void>>()
  #watched: ReadonlySet<string> = new Set()
  /** The newest frame, for whom nobody gave it: a source may stand still. */
  readonly #picture = new PictureLight(SOURCE_SIZE)
  #frameMs: number | undefined
  #stats: NodeJS.Timeout | undefined

  constructor(sink: TargetsSink) {
    this.#sink = sink
    const journal = new OutputJournal(sink)
    this.#context = {
      picture: this.#picture,
      turns: new Turns(),
      onPreview: (target_id, rgb) => sink.send({ kind: 'target-preview', target_id, rgb }),
      onTrouble: (plan, reason) => journal.note(plan, reason),
    }
  }

  /** Whether it runs, or is about to. */
  has(targetId: string): boolean {
    return this.#runners.has(targetId) || this.#work.has(targetId)
  }

  /** Starts a target, or gives a running one its new plan. */
  run(plan: TargetPlan): void {
    void this.#enqueue(plan.target_id, () => this.#run(plan))
  }

  stop(targetId: string): void {
    void this.#enqueue(targetId, () => this.#stop(targetId))
  }

  /** Sends no more to a target, and leaves its controller as it is. */
  leave(targetId: string): void {
    void this.#enqueue(targetId, async () => {
      const runner = this.#runners.get(targetId)
      this.#runners.delete(targetId)
      await runner?.close()
      this.#sink.send({
        kind: 'target-left',
        target_id: targetId,
        next_sequence: runner?.nextSequence ?? null,
      })
    })
  }

  watch(targetIds: readonly string[]): void {
    this.#watched = new Set(targetIds)
    for (const [targetId, runner] of this.#runners) runner.watch(this.#watched.has(targetId))
  }

  /** @param frameMs when the source had it in hand */
  takeFrame(frame: Uint8Array, replaced: number, frameMs: number): void {
    this.#picture.take(frame, performance.now())
    this.#frameMs = frameMs
    for (const runner of this.#runners.values()) runner.takeFrame(replaced, frameMs)
  }

  /** Stops all of them side by side; takes about as long as the slowest release, at most 0.5 s. */
  async stopAll(): Promise<void> {
    const targetIds = new Set([...this.#runners.keys(), ...this.#work.keys()])
    await Promise.all([...targetIds].map((id) => this.#enqueue(id, () => this.#stop(id))))
    clearInterval(this.#stats)
  }

  async #run(plan: TargetPlan): Promise<void> {
    const running = this.#runners.get(plan.target_id)
    if (running && toLinkKey(running.plan.device) === toLinkKey(plan.device)) {
      running.update(plan)
      this.#showFrame(running)
      this.#sink.send({ kind: 'target-running', target_id: plan.target_id })
      return
    }
    const isSameStream = running !== undefined && isSameReceiver(running.plan, plan)
    const runner = new TargetRunner(plan, this.#context, isSameStream ? running : undefined)
    // The old stream goes on until the new one can take over; only a serial port is open but once.
    if (isSameStream && plan.device.output.kind === 'serial') await running.close()
    await runner.open()
    this.#runners.set(plan.target_id, runner)
    runner.watch(this.#watched.has(plan.target_id))
    this.#showFrame(runner)
    this.#stats ??= setInterval(() => this.#sendStats(), STATS_INTERVAL_MS)
    this.#sink.send({ kind: 'target-running', target_id: plan.target_id })
    if (isSameStream) await running.close()
    else await running?.end()
    if (running && running.plan.device.address !== plan.device.address) await this.#release(running.plan)
  }

  #showFrame(runner: TargetRunner): void {
    if (this.#frameMs !== undefined) runner.show(this.#frameMs)
  }

  async #stop(targetId: string): Promise<void> {
    const runner = this.#runners.get(targetId)
    this.#runners.delete(targetId)
    await runner?.end()
    if (runner) await this.#release(runner.plan)
    this.#sink.send({ kind: 'target-stopped', target_id: targetId })
  }

  async #release({ target_name, device }: TargetPlan): Promise<void> {
    const outcome = await releaseDevice(device)
    this.#sink.log('debug', 'released a controller', { target: target_name, device: device.name, outcome })
  }

  #sendStats(): void {
    if (this.#runners.size === 0) return
    const stats = [...this.#runners.values()].map((runner) => runner.takeStats())
    this.#sink.send({ kind: 'target-stats', stats })
  }

  #enqueue(targetId: string, work: () => Promise<void>): Promise<void> {
    const done = (this.#work.get(targetId) ?? Promise.resolve())
      .then(work)
      .catch((cause: unknown) => {
        this.#sink.log('error', 'a target could not be changed', {
          target_id: targetId,
          error: toErrorMessage(cause),
        })
      })
      .finally(() => {
        if (this.#work.get(targetId) === done) this.#work.delete(targetId)
      })
    this.#work.set(targetId, done)
    return done
  }
}

function isSameReceiver({ device: a }: TargetPlan, { device: b }: TargetPlan): boolean {
  return a.address === b.address && a.output.kind === b.output.kind
}
