import type { DeviceService } from '../devices/device-service.ts'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { toDefaultStrip } from '../led/layout.ts'
import { definedOf, listChanges, tellChanges } from '../lib/changes.ts'
import { Serial } from '../lib/serial.ts'
import type { EntityRef, Recorder } from '../protocol/activity.ts'
import type { Device } from '../protocol/api-devices.ts'
import { Layout, type Target, type TargetCreate, type TargetUpdate } from '../protocol/api-targets.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { EntityStore } from '../storage/entity-store.ts'
import type { RunningTargets } from './running-targets.ts'
import type { SourceService } from './source-service.ts'
import { assertTargetFits } from './target-plan.ts'
import { toTarget, toTargetColumns } from './target-row.ts'

const CHANGEABLE = ['name', 'device_id', 'source_id', 'layout', 'processing'] as const

type Changes = ReturnType<typeof listChanges>

/** What `switchTo` did. */
export interface TargetSwitch {
  readonly changes: Changes
  /** Whether it was started or stopped. */
  readonly isSwitched: boolean
  /** Why it could not be started with its new settings, which are stored. */
  readonly failure?: unknown
}

export interface TargetServiceOptions {
  readonly store: EntityStore<'targets'>
  readonly devices: Pick<DeviceService, 'get'>
  readonly sources: Pick<SourceService, 'get'>
  readonly running: RunningTargets
  readonly recorder: Recorder
  readonly publish: (event: BroadcastEvent) => void
  /** Told before a target is started, stopped, led to another device or deleted. */
  readonly onSwitch: (id: string) => Promise<void>
  /** Told after a person's settings of a target were stored, before its light follows. */
  readonly onStored: (id: string, input: TargetUpdate) => Promise<void>
  /** Told before all the settings of a target are replaced. */
  readonly onReplaced: (id: string) => void
  /** Told after a target was deleted. */
  readonly onDeleted: (target: Target) => Promise<void>
  readonly nowMs?: () => number
}

/** Targets as people see them: which source lights which device, and how. */
export class TargetService {
  readonly #options: TargetServiceOptions
  readonly #serial = new Serial()

  constructor(options: TargetServiceOptions) {
    this.#options = options
  }

  async list(): Promise<readonly Target[]> {
    const { store, running } = this.#options
    return (await store.list()).map((row) => toTarget(row, running.stateOf(row.id)))
  }

  /** @throws `LG_ENTITY_NOT_FOUND` */
  async get(id: string): Promise<Target> {
    const { store, running } = this.#options
    return toTarget(await store.get(id), running.stateOf(id))
  }

  /** @throws `LG_ENTITY_NAME_TAKEN`, `LG_REQUEST_INVALID` naming the field */
  async create(input: TargetCreate): Promise<Target> {
    const { store, recorder, nowMs } = this.#options
    const device = await this.#requireDevice(input.device_id)
    await this.#requireSource(input.source_id)
    const layout = input.layout ?? Layout.parse(toDefaultStrip(device.led_count))
    assertTargetFits({ ...input, layout }, device)
    const row = {
      id: store.newId(),
      ...toTargetColumns({ ...input, layout }),
      wanted: 0,
      created_ts: (nowMs ?? Date.now)(),
    }
    await store.insert(row)
    const target = toTarget(row, 'stopped')
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
      const { after, changes } = await this.#change(id, input)
      await this.#options.onStored(id, input)
      if (Object.keys(changes).length > 0) {
        this.#options.recorder.record('entity', 'entity_updated', {
          message: `The target "${after.name}" was changed: ${tellChanges(await this.#named(changes))}.`,
          entity: toEntityRef(after),
          metadata: { changes },
        })
      }
      // Also where nothing has changed: something else may have been tried.
      await this.#options.running.refresh(id)
      return await this.get(id)
    })
  }

  /** What a change would be refused for. @throws as `create` */
  async assertChangeable(id: string, input: TargetUpdate): Promise<void> {
    await this.#merge(await this.get(id), input)
  }

  /**
   * Changes a target and switches it on or off, as part of something bigger that tells of the change itself.
   * Starts and stops are entries of their own, as ever.
   *
   * @throws as `create`; `LG_TIMEOUT` where it could not be stopped. Nothing is changed then.
   */
  async switchTo(id: string, isOn: boolean, input: TargetUpdate): Promise<TargetSwitch> {
    return await this.#serial.run(id, async () => {
      const { running } = this.#options
      const before = await this.get(id)
      const isSwitched = (before.state !== 'stopped') !== isOn
      if (isSwitched) await this.#options.onSwitch(id)
      // First, so that nobody sees new settings on a light that goes out.
      if (isSwitched && !isOn) await running.halt(before)
      this.#options.onReplaced(id)
      const { after, changes } = await this.#change(id, input)
      if (isSwitched && isOn) {
        try {
          await this.#launch(after)
        } catch (failure) {
          return { changes, isSwitched: false, failure }
        }
      }
      // Also where nothing has changed: something else may have been tried.
      else if (isOn) await running.refresh(id)
      return { changes, isSwitched }
    })
  }

  /** Stops and deletes it. @throws `LG_ENTITY_NOT_FOUND` */
  async delete(id: string): Promise<void> {
    const target = await this.#serial.run(id, async () => {
      const { store, recorder, running } = this.#options
      const target = await this.get(id)
      await this.#options.onSwitch(id)
      if (target.state !== 'stopped') await running.halt(target)
      await store.delete(id)
      recorder.record('entity', 'entity_deleted', {
        message: `The target "${target.name}" was removed.`,
        entity: toEntityRef(target),
        metadata: { device_id: target.device_id, source_id: target.source_id },
      })
      this.#announce(id, 'deleted')
      return target
    })
    // Not inside: a scene that is being applied waits for its targets, and this for the scene.
    await this.#options.onDeleted(target)
  }

  /** Starts streaming. @throws `LG_ENTITY_WRONG_STATE`, `LG_DEVICE_ADDRESS_…`, `LG_TIMEOUT` */
  async startTarget(id: string): Promise<Target> {
    return await this.#serial.run(id, async () => {
      await this.#options.onSwitch(id)
      await this.#launch(await this.get(id))
      return await this.get(id)
    })
  }

  /** Stops streaming and releases the controller. @throws `LG_ENTITY_WRONG_STATE` */
  async stopTarget(id: string): Promise<Target> {
    return await this.#serial.run(id, async () => {
      await this.#options.onSwitch(id)
      await this.#options.running.halt(await this.get(id))
      return await this.get(id)
    })
  }

  /** @throws `LG_ENTITY_WRONG_STATE` when a target needs more LEDs, or white, that the device would not have. */
  async assertDeviceFits(device: Device): Promise<void> {
    for (const target of await this.list()) {
      if (target.device_id !== device.id) continue
      try {
        assertTargetFits(target, device)
      } catch (cause) {
        const isLayout = cause instanceof LedGrabError && cause.field?.startsWith('layout')
        const [field, why] = isLayout
          ? ['led_count', `the layout of the target "${target.name}" needs more LEDs`]
          : ['settings', `the target "${target.name}" uses a white channel (${toErrorMessage(cause)})`]
        throw new LedGrabError('LG_ENTITY_WRONG_STATE', `${field}: ${why}; change it first`, { cause, field })
      }
    }
  }

  /** Changes as a sentence tells them: what was exchanged by its name. Programs read the ids. */
  async #named(changes: Changes): Promise<Changes> {
    const { sources, devices } = this.#options
    const named: Record<string, Changes[string]> = {}
    for (const [field, change] of Object.entries(changes)) {
      if (field === 'source_id') named.source = await toNames(change, sources)
      else if (field === 'device_id') named.device = await toNames(change, devices)
      else named[field] = change
    }
    return named
  }

  async #launch(target: Target): Promise<void> {
    await this.#takeDevice(target)
    await this.#options.running.launch(target)
  }

  /**
   * Ends test colours of other targets on the device. Two streams to one controller would flicker.
   *
   * @throws `LG_ENTITY_WRONG_STATE` while another target lights it
   */
  async #takeDevice(target: Target): Promise<void> {
    const others = (await this.list()).filter(
      ({ id, device_id }) => device_id === target.device_id && id !== target.id,
    )
    const other = others.find(({ state }) => state !== 'stopped')
    if (other !== undefined) {
      const { name } = await this.#options.devices.get(target.device_id)
      throw new LedGrabError('LG_ENTITY_WRONG_STATE', `"${other.name}" lights "${name}"; stop it first`)
    }
    for (const { id } of others) await this.#options.onSwitch(id)
  }

  /** Stores what is changed by `input` and announces it; the caller tells the log and what runs. */
  async #change(id: string, input: TargetUpdate): Promise<{ after: Target; changes: Changes }> {
    const before = await this.get(id)
    const after = await this.#merge(before, input)
    const changes = listChanges(before, after, CHANGEABLE)
    if (changes.device_id !== undefined) {
      if (before.state !== 'stopped') await this.#takeDevice(after)
      await this.#options.onSwitch(id)
    }
    if (Object.keys(changes).length > 0) {
      await this.#options.store.update(id, toTargetColumns(after))
      this.#announce(id, 'updated')
    }
    return { after, changes }
  }

  async #merge(before: Target, input: TargetUpdate): Promise<Target> {
    const after: Target = {
      ...before,
      ...definedOf(input),
      processing: { ...before.processing, ...definedOf(input.processing ?? {}) },
    }
    const device = await this.#requireDevice(after.device_id)
    await this.#requireSource(after.source_id)
    assertTargetFits(after, device)
    return after
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
}

function toEntityRef(target: Target): EntityRef {
  return { type: 'target', id: target.id, name: target.name }
}

async function toNames(
  { from, to }: Changes[string],
  entities: { get(id: string): Promise<{ readonly name: string }> },
): Promise<Changes[string]> {
  const nameOf = async (id: string): Promise<string> =>
    await entities.get(id).then(
      ({ name }) => name,
      () => id,
    )
  return { from: await nameOf(String(from)), to: await nameOf(String(to)) }
}
