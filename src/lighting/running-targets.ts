import { runAsSystem } from '../activity/actor.ts'
import { resolveDeviceAddress } from '../devices/device-address.ts'
import type { DeviceService } from '../devices/device-service.ts'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { Backoff, type BackoffOptions } from '../lib/backoff.ts'
import type { Part } from '../lib/part.ts'
import { Serial } from '../lib/serial.ts'
import type { EntityRef, Recorder } from '../protocol/activity.ts'
import type { Device } from '../protocol/api-devices.ts'
import type { Source } from '../protocol/api-sources.ts'
import type { Target } from '../protocol/api-targets.ts'
import type { BroadcastEvent, TargetState } from '../protocol/server-events.ts'
import type { TargetPlan } from '../protocol/worker-messages.ts'
import type { EntityStore } from '../storage/entity-store.ts'
import type { CaptureManager } from './capture-manager.ts'
import type { SourceService } from './source-service.ts'
import { toTargetPlan } from './target-plan.ts'
import { toTarget } from './target-row.ts'

export interface RunningTargetsOptions {
  readonly store: EntityStore<'targets'>
  readonly devices: Pick<DeviceService, 'get'>
  readonly sources: Pick<SourceService, 'get'>
  readonly captures: Pick<CaptureManager, 'run' | 'stopTarget' | 'move' | 'change'>
  /** What the LEDs of a target show instead of its source; null: its source. */
  readonly calibrationOf: (target: Target, device: Device) => Uint8Array | null
  /** A target with the settings that are being tried on it. */
  readonly asTried: (target: Target) => Target
  readonly recorder: Recorder
  readonly publish: (event: BroadcastEvent) => void
  readonly warn: (message: string, fields: object) => void
  /** Waits between tries to run what could not be started. */
  readonly retry?: BackoffOptions
}

/** A target that somebody wants to run. */
interface Wanted {
  /** The source it streams from; undefined while it waits for its next try. */
  sourceId: string | undefined
  readonly backoff: Backoff
  retry: NodeJS.Timeout | undefined
}

interface Prepared {
  readonly device: Device
  readonly source: Source
  readonly plan: TargetPlan
}

/**
 * Which targets run. What a person wants is stored; this keeps what streams equal to it: at a start
 * of the server, after every change, and, as long as something stands in the way, again and again.
 */
export class RunningTargets implements Part {
  readonly #options: RunningTargetsOptions
  readonly #serial = new Serial()
  readonly #wanted = new Map<string, Wanted>()
  /** Devices that nothing is to light for the moment. */
  readonly #held = new Set<string>()
  #isStopping = false

  constructor(options: RunningTargetsOptions) {
    this.#options = options
  }

  /** Resumes what ran when the server ended: people expect light after a power cut. */
  async start(): Promise<void> {
    const rows = await this.#options.store.list()
    const ids = rows.filter(({ wanted }) => wanted === 1).map(({ id }) => id)
    for (const id of ids) this.#wanted.set(id, this.#toWanted())
    await Promise.all(ids.map((id) => this.refresh(id)))
  }

  /** Tries nothing more; the capture manager ends the streams. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const { retry } of this.#wanted.values()) clearTimeout(retry)
  }

  stateOf(id: string): TargetState {
    const wanted = this.#wanted.get(id)
    if (wanted === undefined) return 'stopped'
    return wanted.sourceId === undefined ? 'starting' : 'running'
  }

  /**
   * Starts a target because somebody said so: unlike a resumed one it is tried once.
   *
   * @throws `LG_ENTITY_WRONG_STATE`, `LG_DEVICE_ADDRESS_…`, `LG_THREAD_…`, `LG_TIMEOUT`
   */
  async launch(target: Target): Promise<void> {
    await this.#serial.run(target.id, async () => {
      if (this.stateOf(target.id) === 'running') {
        throw new LedGrabError('LG_ENTITY_WRONG_STATE', `the target "${target.name}" is already running`)
      }
      const { store } = this.#options
      const waiting = this.#wanted.get(target.id)
      // The wish is on disk before the entry that tells of it.
      if (!waiting) await store.update(target.id, { wanted: 1 })
      try {
        await this.#begin(target, waiting ?? this.#toWanted(), false)
      } catch (cause) {
        if (!waiting) await store.update(target.id, { wanted: 0 })
        this.#recordFailure(target, cause)
        throw cause
      }
    })
  }

  /**
   * Stops a target, or its tries, and releases its controller.
   *
   * @throws `LG_ENTITY_WRONG_STATE` when it is stopped, `LG_TIMEOUT`
   */
  async halt(target: Target): Promise<void> {
    await this.#serial.run(target.id, async () => {
      const wanted = this.#wanted.get(target.id)
      if (wanted === undefined) {
        throw new LedGrabError('LG_ENTITY_WRONG_STATE', `the target "${target.name}" is not running`)
      }
      const { store, captures, recorder } = this.#options
      await store.update(target.id, { wanted: 0 })
      clearTimeout(wanted.retry)
      if (wanted.sourceId !== undefined) await captures.stopTarget(wanted.sourceId, target.id)
      this.#wanted.delete(target.id)
      this.#publishState(target.id)
      recorder.record('capture', 'target_stopped', {
        message: `"${target.name}" was stopped and its controller released.`,
        entity: toEntityRef(target),
        metadata: { device_id: target.device_id, source_id: wanted.sourceId ?? target.source_id },
      })
    })
  }

  /** Makes what streams equal to what is stored; what fails is tried again later. Never throws. */
  async refresh(id: string): Promise<void> {
    await this.#serial.run(id, async () => {
      const wanted = this.#wanted.get(id)
      if (wanted === undefined || this.#isStopping) return
      clearTimeout(wanted.retry)
      let target: Target | undefined
      try {
        target = toTarget(await this.#options.store.get(id), this.stateOf(id))
        if (wanted.sourceId === undefined) await this.#begin(target, wanted, true)
        else await this.#goOn(target, wanted, wanted.sourceId)
      } catch (cause) {
        if (!this.#isStopping) this.#tryLater(id, wanted, target, cause)
      }
    })
  }

  /** Leads the targets of a device to its new address or size. */
  async deviceChanged(deviceId: string): Promise<void> {
    const ids = await this.#findWanted(deviceId)
    await Promise.all(ids.map((id) => this.refresh(id)))
  }

  async #findWanted(deviceId: string): Promise<readonly string[]> {
    const rows = await this.#options.store.list()
    return rows.flatMap(({ id, device_id }) => (device_id === deviceId && this.#wanted.has(id) ? [id] : []))
  }

  /**
   * Runs `work` while no target lights a device. What is to light it goes on, or begins, afterwards; meanwhile it can be
   * stopped as ever.
   */
  async withoutStreams<T>(deviceId: string, work: () => Promise<T>): Promise<T> {
    this.#held.add(deviceId)
    try {
      for (const id of await this.#findWanted(deviceId)) {
        await this.#serial.run(id, () => this.#suspend(id))
      }
      return await work()
    } finally {
      this.#held.delete(deviceId)
      await this.deviceChanged(deviceId)
    }
  }

  async #suspend(id: string): Promise<void> {
    const wanted = this.#wanted.get(id)
    if (wanted?.sourceId === undefined) return
    await this.#options.captures.stopTarget(wanted.sourceId, id)
    this.#setSource(id, wanted, undefined)
  }

  async #begin(target: Target, wanted: Wanted, isResumed: boolean): Promise<void> {
    if (this.#held.has(target.device_id)) {
      this.#wanted.set(target.id, wanted)
      this.#publishState(target.id)
      return
    }
    const { device, source, plan } = await this.#prepare(target)
    await this.#options.captures.run(source, plan)
    wanted.backoff.reset()
    this.#wanted.set(target.id, wanted)
    this.#setSource(target.id, wanted, source.id)
    this.#options.recorder.record('capture', 'target_started', {
      message: isResumed
        ? `"${target.name}" lights "${device.name}" from "${source.name}" again.`
        : `"${target.name}" began to light "${device.name}" from "${source.name}".`,
      entity: toEntityRef(target),
      metadata: {
        device_id: device.id,
        device_name: device.name,
        source_id: source.id,
        source_name: source.name,
        resumed: isResumed,
      },
    })
  }

  /** A running target goes on with what it was changed to; on another source if need be. */
  async #goOn(target: Target, wanted: Wanted, sourceId: string): Promise<void> {
    const { captures } = this.#options
    const { source, plan } = await this.#prepare(target)
    if (source.id === sourceId) await captures.run(source, plan)
    else {
      wanted.sourceId = undefined
      await captures.move(sourceId, source, plan)
    }
    wanted.sourceId = source.id
    wanted.backoff.reset()
  }

  async #prepare(target: Target): Promise<Prepared> {
    const device = await this.#options.devices.get(target.device_id)
    const source = await this.#options.sources.get(target.source_id)
    const address = await resolveDeviceAddress(device)
    const shown = this.#options.asTried(target)
    const plan = toTargetPlan(shown, source, device, address)
    return { device, source, plan: { ...plan, calibration: this.#options.calibrationOf(shown, device) } }
  }

  #tryLater(id: string, wanted: Wanted, target: Target | undefined, cause: unknown): void {
    const isNews = wanted.backoff.attempts === 0
    const delayMs = wanted.backoff.nextMs()
    this.#publishState(id)
    if (isNews && target) this.#recordFailure(target, cause)
    else this.#options.warn('a target cannot run; trying again', { id, error: toErrorMessage(cause) })
    // The next try is nobody's doing, whoever caused this one.
    wanted.retry = runAsSystem(() => setTimeout(() => void this.refresh(id), delayMs))
  }

  #toWanted(): Wanted {
    const backoff = new Backoff(this.#options.retry ?? { firstMs: 1_000, capMs: 60_000 })
    return { sourceId: undefined, backoff, retry: undefined }
  }

  #setSource(id: string, wanted: Wanted, sourceId: string | undefined): void {
    wanted.sourceId = sourceId
    this.#publishState(id)
  }

  #publishState(id: string): void {
    this.#options.publish({ type: 'target_state_changed', target_id: id, state: this.stateOf(id) })
  }

  #recordFailure(target: Target, cause: unknown): void {
    const reason = toErrorMessage(cause)
    this.#options.recorder.record('capture', 'target_failed', {
      message: `"${target.name}" could not be started: ${reason}.`,
      entity: toEntityRef(target),
      metadata: { reason, device_id: target.device_id, source_id: target.source_id },
    })
  }
}

function toEntityRef(target: Target): EntityRef {
  return { type: 'target', id: target.id, name: target.name }
}
