import { resolvePrivateAddress } from '../devices/address.ts'
import type { DeviceService } from '../devices/device-service.ts'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { toDefaultStrip } from '../led/layout.ts'
import { Backoff } from '../lib/backoff.ts'
import { definedOf, listChanges } from '../lib/changes.ts'
import type { Part } from '../lib/part.ts'
import { Serial } from '../lib/serial.ts'
import type { EntityRef, Recorder } from '../protocol/activity.ts'
import {
  type Device,
  Layout,
  ProcessingSchema,
  type Target,
  type TargetCreate,
  type TargetUpdate,
} from '../protocol/api-entities.ts'
import type { BroadcastEvent, TargetState } from '../protocol/server-events.ts'
import type { EntityStore, StoredRow } from '../storage/entity-store.ts'
import type { CaptureManager } from './capture-manager.ts'
import type { SourceService } from './source-service.ts'
import { assertLayoutFits, toTargetPlan } from './target-plan.ts'

export interface TargetServiceOptions {
  readonly store: EntityStore<'targets'>
  readonly devices: DeviceService
  readonly sources: SourceService
  readonly captures: CaptureManager
  readonly recorder: Recorder
  readonly publish: (event: BroadcastEvent) => void
  readonly warn: (message: string, fields: object) => void
  readonly nowMs?: () => number
  /** Waits between tries to resume a target after a restart. */
  readonly retry?: { readonly firstMs: number; readonly capMs: number }
}

/** Targets: which source lights which device, and which of them run. */
export class TargetService implements Part {
  readonly #options: TargetServiceOptions
  readonly #serial = new Serial()
  /** What runs, and on which source; a target that is not in here is stopped. */
  readonly #running = new Map<string, { readonly state: TargetState; readonly sourceId: string }>()
  readonly #retries = new Map<string, NodeJS.Timeout>()
  #isStopping = false

  constructor(options: TargetServiceOptions) {
    this.#options = options
  }

  /** Resumes what ran when the server ended: people expect light after a power cut. */
  async start(): Promise<void> {
    const rows = await this.#options.store.list()
    const wanted = rows.filter((row) => row.wanted === 1)
    await Promise.all(
      wanted.map(({ id }) =>
        this.#resume(id, new Backoff(this.#options.retry ?? { firstMs: 1_000, capMs: 60_000 })),
      ),
    )
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    for (const timer of this.#retries.values()) clearTimeout(timer)
  }

  async list(): Promise<readonly Target[]> {
    return (await this.#options.store.list()).map((row) => this.#toTarget(row))
  }

  /** @throws `LG_ENTITY_NOT_FOUND` */
  async get(id: string): Promise<Target> {
    return this.#toTarget(await this.#options.store.get(id))
  }

  /** @throws `LG_ENTITY_NAME_TAKEN`, `LG_REQUEST_INVALID` naming the field */
  async create(input: TargetCreate): Promise<Target> {
    const { store, recorder, nowMs } = this.#options
    const device = await this.#requireDevice(input.device_id)
    await this.#requireSource(input.source_id)
    const layout = input.layout ?? Layout.parse(toDefaultStrip(device.led_count))
    assertLayoutFits(layout, device.led_count)
    const row: StoredRow<'targets'> = {
      id: store.newId(),
      name: input.name,
      device_id: input.device_id,
      source_id: input.source_id,
      layout: JSON.stringify(layout),
      processing: JSON.stringify(input.processing),
      wanted: 0,
      created_ts: (nowMs ?? Date.now)(),
    }
    await store.insert(row)
    const target = this.#toTarget(row)
    recorder.record('entity', 'entity_created', {
      message: `The target "${target.name}" was added.`,
      entity: toEntityRef(target),
      metadata: { device_id: target.device_id, source_id: target.source_id },
    })
    this.#announce(target.id, 'created')
    return target
  }

  /** Changes some fields; a running target goes on with them. @throws as `create` */
  async update(id: string, input: TargetUpdate): Promise<Target> {
    return await this.#serial.run(id, async () => {
      const { store, recorder } = this.#options
      const before = await this.get(id)
      const after: Target = {
        ...before,
        ...definedOf(input),
        processing: { ...before.processing, ...definedOf(input.processing ?? {}) },
      }
      const device = await this.#requireDevice(after.device_id)
      await this.#requireSource(after.source_id)
      assertLayoutFits(after.layout, device.led_count)
      const changes = listChanges(before, after, ['name', 'device_id', 'source_id', 'layout', 'processing'])
      if (Object.keys(changes).length === 0) return before
      await store.update(id, toColumns(after))
      recorder.record('entity', 'entity_updated', {
        message: `The target "${after.name}" was changed: ${Object.keys(changes).join(', ')}.`,
        entity: toEntityRef(after),
        metadata: { changes },
      })
      this.#announce(id, 'updated')
      if (this.#running.has(id)) await this.#apply(after)
      return this.#withState(after)
    })
  }

  /** Stops and deletes it. @throws `LG_ENTITY_NOT_FOUND` */
  async delete(id: string): Promise<void> {
    await this.#serial.run(id, async () => {
      const target = await this.get(id)
      if (target.state !== 'stopped') await this.#halt(target)
      await this.#options.store.delete(id)
      this.#options.recorder.record('entity', 'entity_deleted', {
        message: `The target "${target.name}" was removed.`,
        entity: toEntityRef(target),
        metadata: { device_id: target.device_id, source_id: target.source_id },
      })
      this.#announce(id, 'deleted')
    })
  }

  /** Starts streaming. @throws `LG_ENTITY_WRONG_STATE`, `LG_DEVICE_ADDRESS_…`, `LG_TIMEOUT` */
  async startTarget(id: string): Promise<Target> {
    return await this.#serial.run(id, async () => {
      const target = await this.get(id)
      if (target.state === 'running') {
        throw new LedGrabError('LG_ENTITY_WRONG_STATE', `the target "${target.name}" is already running`)
      }
      try {
        await this.#launch(target, false)
      } catch (cause) {
        this.#recordFailure(target, cause)
        throw cause
      }
      await this.#options.store.update(id, { wanted: 1 })
      return await this.get(id)
    })
  }

  /** Stops streaming and releases the controller. @throws `LG_ENTITY_WRONG_STATE` */
  async stopTarget(id: string): Promise<Target> {
    return await this.#serial.run(id, async () => {
      const target = await this.get(id)
      if (target.state === 'stopped') {
        throw new LedGrabError('LG_ENTITY_WRONG_STATE', `the target "${target.name}" is not running`)
      }
      await this.#halt(target)
      return await this.get(id)
    })
  }

  /** Leads running targets to a device's new address or size. */
  async deviceChanged(deviceId: string): Promise<void> {
    for (const target of await this.list()) {
      if (target.device_id !== deviceId || target.state !== 'running') continue
      await this.#serial.run(target.id, async () => {
        if (this.#running.get(target.id)?.state === 'running') await this.#apply(await this.get(target.id))
      })
    }
  }

  /** @throws `LG_ENTITY_WRONG_STATE` when a target's layout needs more LEDs than the device would have. */
  async assertDeviceFits(device: Device): Promise<void> {
    for (const target of await this.list()) {
      if (target.device_id !== device.id) continue
      try {
        assertLayoutFits(target.layout, device.led_count)
      } catch (cause) {
        throw new LedGrabError(
          'LG_ENTITY_WRONG_STATE',
          `led_count: the layout of the target "${target.name}" needs more LEDs; change it first`,
          { cause, field: 'led_count' },
        )
      }
    }
  }

  async #resume(id: string, backoff: Backoff): Promise<void> {
    await this.#serial.run(id, async () => {
      const row = await this.#options.store.get(id).catch(() => undefined)
      if (this.#isStopping || row?.wanted !== 1 || this.#running.get(id)?.state === 'running') return
      const target = this.#toTarget(row)
      try {
        await this.#launch(target, true)
      } catch (cause) {
        if (this.#isStopping) return
        if (backoff.attempts === 0) this.#recordFailure(target, cause)
        this.#setState(target, 'starting')
        this.#retries.set(
          id,
          setTimeout(() => void this.#resume(id, backoff), backoff.nextMs()),
        )
      }
    })
  }

  async #launch(target: Target, isResumed: boolean): Promise<void> {
    const { device, source } = await this.#run(target)
    this.#setState(target, 'running')
    this.#options.recorder.record('capture', 'target_started', {
      message: isResumed
        ? `"${target.name}" lights "${device.name}" from "${source.name}" again, as before the restart.`
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

  async #run(target: Target) {
    const { devices, sources, captures } = this.#options
    const device = await devices.get(target.device_id)
    const source = await sources.get(target.source_id)
    const address = await resolvePrivateAddress(device.address)
    await captures.run(source, toTargetPlan(target, device, address))
    return { device, source }
  }

  /** A running target goes on with what it was changed to; on another source if need be. */
  async #apply(target: Target): Promise<void> {
    try {
      const previous = this.#running.get(target.id)
      if (previous && previous.sourceId !== target.source_id) {
        await this.#options.captures.stopTarget(previous.sourceId, target.id)
      }
      await this.#run(target)
      this.#setState(target, 'running')
    } catch (cause) {
      this.#options.warn('a running target could not take its change', {
        target: target.name,
        error: toErrorMessage(cause),
      })
      this.#recordFailure(target, cause)
    }
  }

  async #halt(target: Target): Promise<void> {
    const { store, captures, recorder } = this.#options
    clearTimeout(this.#retries.get(target.id))
    this.#retries.delete(target.id)
    const sourceId = this.#running.get(target.id)?.sourceId ?? target.source_id
    await store.update(target.id, { wanted: 0 })
    await captures.stopTarget(sourceId, target.id)
    this.#setState(target, 'stopped')
    recorder.record('capture', 'target_stopped', {
      message: `"${target.name}" was stopped and its controller released.`,
      entity: toEntityRef(target),
      metadata: { device_id: target.device_id, source_id: sourceId },
    })
  }

  #recordFailure(target: Target, cause: unknown): void {
    const reason = toErrorMessage(cause)
    this.#options.recorder.record('capture', 'target_failed', {
      message: `"${target.name}" could not be started: ${reason}.`,
      entity: toEntityRef(target),
      metadata: { reason, device_id: target.device_id, source_id: target.source_id },
    })
  }

  #setState(target: Target, state: TargetState): void {
    if (state === 'stopped') this.#running.delete(target.id)
    else this.#running.set(target.id, { state, sourceId: target.source_id })
    this.#options.publish({ type: 'target_state_changed', target_id: target.id, state })
  }

  async #requireDevice(id: string): Promise<Device> {
    return await this.#options.devices.get(id).catch((cause) => {
      throw new LedGrabError('LG_REQUEST_INVALID', `device_id: there is no device with the id ${id}`, {
        cause,
        field: 'device_id',
      })
    })
  }

  async #requireSource(id: string): Promise<void> {
    await this.#options.sources.get(id).catch((cause) => {
      throw new LedGrabError('LG_REQUEST_INVALID', `source_id: there is no source with the id ${id}`, {
        cause,
        field: 'source_id',
      })
    })
  }

  #announce(id: string, change: 'created' | 'updated' | 'deleted'): void {
    this.#options.publish({ type: 'entity_changed', entity_type: 'target', entity_id: id, change })
  }

  #withState(target: Target): Target {
    return { ...target, state: this.#running.get(target.id)?.state ?? 'stopped' }
  }

  #toTarget(row: StoredRow<'targets'>): Target {
    return this.#withState({
      id: row.id,
      name: row.name,
      device_id: row.device_id,
      source_id: row.source_id,
      layout: Layout.parse(JSON.parse(row.layout)),
      processing: ProcessingSchema.parse(JSON.parse(row.processing)),
      state: 'stopped',
      created_at: new Date(row.created_ts).toISOString(),
    })
  }
}

function toColumns(target: Target) {
  return {
    name: target.name,
    device_id: target.device_id,
    source_id: target.source_id,
    layout: JSON.stringify(target.layout),
    processing: JSON.stringify(target.processing),
  }
}

function toEntityRef(target: Target): EntityRef {
  return { type: 'target', id: target.id, name: target.name }
}
