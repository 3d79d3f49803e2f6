import { currentActor, currentOrigin, runAs, runAsSystem } from '../activity/actor.ts'
import { definedOf } from '../lib/changes.ts'
import type { Part } from '../lib/part.ts'
import { Serial } from '../lib/serial.ts'
import type { JsonObject, Recorder } from '../protocol/activity.ts'
import type { Target, TargetTrial, TargetUpdate } from '../protocol/api-targets.ts'
import type { RunningTargets } from './running-targets.ts'
import type { TargetService } from './target-service.ts'

/** Longer than a person holds a slider still, and short enough that nobody takes it for the setting. */
const TRIAL_MS = 5_000

export interface TrialServiceOptions {
  readonly targets: Pick<TargetService, 'get' | 'assertChangeable'>
  readonly running: Pick<RunningTargets, 'refresh' | 'stateOf'>
  readonly recorder: Recorder
  readonly trialMs?: number
}

interface Trial {
  tried: TargetTrial
  readonly name: string
  /** Who tries. */
  readonly actor: string
  readonly origin: JsonObject | undefined
  readonly sinceMs: number
  readonly timer: NodeJS.Timeout
}

/**
 * Settings that are shown on a light while somebody drags a slider, and not stored: a drag is one change in the log,
 * the one that is kept. What is not kept within 5 s is taken back, and told.
 */
export class TrialService implements Part {
  readonly #options: TrialServiceOptions
  readonly #trials = new Map<string, Trial>()
  readonly #serial = new Serial()

  constructor(options: TrialServiceOptions) {
    this.#options = options
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    for (const id of [...this.#trials.keys()]) this.end(id)
  }

  /** The target as its light shows it now. */
  apply(target: Target): Target {
    const trial = this.#trials.get(target.id)
    if (!trial) return target
    const { layout = target.layout, processing } = trial.tried
    return { ...target, layout, processing: { ...target.processing, ...definedOf(processing ?? {}) } }
  }

  /**
   * Shows settings on a light that is on; one that is off has nothing to show.
   *
   * @throws `LG_ENTITY_NOT_FOUND`, `LG_REQUEST_INVALID`
   */
  async show(id: string, tried: TargetTrial): Promise<void> {
    await this.#serial.run(id, async () => {
      const { targets, running } = this.#options
      await targets.assertChangeable(id, tried)
      if (running.stateOf(id) === 'stopped') return
      const actor = currentActor()
      if (this.#trials.get(id)?.actor !== actor) this.end(id)
      const trial = this.#trials.get(id)
      if (trial) {
        trial.tried = {
          ...trial.tried,
          ...tried,
          processing: { ...trial.tried.processing, ...tried.processing },
        }
        trial.timer.refresh()
      } else {
        const { name } = await targets.get(id)
        const timer = setTimeout(() => {
          this.end(id)
          runAsSystem(() => void running.refresh(id))
        }, this.#options.trialMs ?? TRIAL_MS)
        this.#trials.set(id, {
          tried,
          name,
          actor,
          origin: currentOrigin(),
          sinceMs: performance.now(),
          timer,
        })
      }
      await running.refresh(id)
    })
  }

  /** What `stored` names is settled: of that nothing is tried any more. The rest still is. */
  settle(id: string, stored: TargetUpdate): void {
    const trial = this.#trials.get(id)
    if (!trial) return
    const { layout, processing = {} } = trial.tried
    const settled = new Set(Object.keys(stored.processing ?? {}))
    const rest = Object.entries(processing).filter(([name]) => !settled.has(name))
    const isLayoutTried = layout !== undefined && stored.layout === undefined
    if (rest.length === 0 && !isLayoutTried) this.forget(id)
    else trial.tried = { ...(isLayoutTried && { layout }), processing: Object.fromEntries(rest) }
  }

  /** There is nothing any more to try it on. */
  forget(id: string): void {
    clearTimeout(this.#trials.get(id)?.timer)
    this.#trials.delete(id)
  }

  /** Takes back what is being tried, and tells; the caller sees to what the light shows then. */
  end(id: string): void {
    const trial = this.#trials.get(id)
    if (!trial) return
    this.forget(id)
    const seconds = Math.round((performance.now() - trial.sinceMs) / 100) / 10
    const { layout, processing = {} } = trial.tried
    const tried = [...(layout ? ['layout'] : []), ...Object.keys(processing)]
    // Whoever ends it, by a stop, say, has not tried anything.
    const tell = (): void =>
      this.#options.recorder.record('capture', 'target_tried', {
        message: `Other settings were tried on "${trial.name}" for ${seconds} s and not kept: ${tried.join(', ').replaceAll('_', ' ')}.`,
        entity: { type: 'target', id, name: trial.name },
        metadata: { seconds, tried },
      })
    runAs(trial.actor, tell, trial.origin)
  }
}
