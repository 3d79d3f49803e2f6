import { definedOf, listChanges } from '../lib/changes.ts'
import { Serial } from '../lib/serial.ts'
import type { EntityRef, Recorder } from '../protocol/activity.ts'
import type { Device, DeviceCreate, DeviceType, DeviceUpdate } from '../protocol/api-entities.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { KnownController } from '../protocol/worker-messages.ts'
import type { EntityStore, StoredRow } from '../storage/entity-store.ts'
import { resolvePrivateAddress } from './address.ts'

const DEFAULT_PORTS: Readonly<Record<DeviceType, number>> = { wled: 80, ddp: 4048, virtual: 80 }
const CHANGEABLE = ['name', 'type', 'address', 'port', 'realtime_port', 'led_count'] as const

export interface DeviceServiceOptions {
  readonly store: EntityStore<'devices'>
  readonly recorder: Recorder
  readonly publish: (event: BroadcastEvent) => void
  /** The MAC of the controller at an address, or null when it does not answer in a second. */
  readonly askMac: (address: string, port: number) => Promise<string | null>
  /** Throws when a running target could not live with the change. */
  readonly assertFits: (device: Device) => Promise<void>
  /** Told after a device was created, changed or deleted. */
  readonly onChanged: (deviceId: string) => void
  readonly nowMs?: () => number
}

/** The controllers people have added: kept in `ledgrab.db`, each change an entry. */
export class DeviceService {
  readonly #options: DeviceServiceOptions
  readonly #serial = new Serial()

  constructor(options: DeviceServiceOptions) {
    this.#options = options
  }

  async list(): Promise<readonly Device[]> {
    return (await this.#options.store.list()).map(toDevice)
  }

  /** @throws `LG_ENTITY_NOT_FOUND` */
  async get(id: string): Promise<Device> {
    return toDevice(await this.#options.store.get(id))
  }

  /**
   * Adds a controller; it need not answer now.
   *
   * @throws `LG_ENTITY_NAME_TAKEN`, `LG_DEVICE_ADDRESS_PUBLIC`, `LG_DEVICE_ADDRESS_UNRESOLVED`
   */
  async create(input: DeviceCreate): Promise<Device> {
    const { store, recorder, askMac } = this.#options
    const address = await resolvePrivateAddress(input.address)
    const port = input.port ?? DEFAULT_PORTS[input.type]
    const mac = input.mac ?? (input.type === 'ddp' ? null : await askMac(address, port))
    const row: StoredRow<'devices'> = {
      id: store.newId(),
      name: input.name,
      type: input.type,
      address: input.address,
      port,
      realtime_port: input.realtime_port ?? null,
      mac,
      led_count: input.led_count,
      created_ts: (this.#options.nowMs ?? Date.now)(),
    }
    await store.insert(row)
    const device = toDevice(row)
    const { id: _id, created_at: _created, ...fields } = device
    recorder.record('entity', 'entity_created', {
      message: `The device "${device.name}" at ${device.address} was added.`,
      entity: toEntityRef(device),
      metadata: fields,
    })
    this.#announce(device.id, 'created')
    return device
  }

  /** Changes some fields. @throws as `create`, and `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_WRONG_STATE` */
  async update(id: string, input: DeviceUpdate): Promise<Device> {
    return await this.#serial.run(id, async () => {
      const before = await this.get(id)
      if (input.address !== undefined) await resolvePrivateAddress(input.address)
      return await this.#change(before, input)
    })
  }

  /** @throws `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_IN_USE` */
  async delete(id: string): Promise<void> {
    await this.#serial.run(id, async () => {
      const device = await this.get(id)
      await this.#options.store.delete(id)
      this.#options.recorder.record('entity', 'entity_deleted', {
        message: `The device "${device.name}" was removed.`,
        entity: toEntityRef(device),
        metadata: { address: device.address },
      })
      this.#announce(id, 'deleted')
    })
  }

  async findByMac(mac: string): Promise<Device | undefined> {
    return (await this.list()).find((device) => device.mac === mac)
  }

  /** What discovery should know: entries name these, and while they are gone they are asked for. */
  async listKnown(): Promise<readonly KnownController[]> {
    const known: KnownController[] = []
    for (const { mac, id, name } of await this.list()) {
      if (mac !== null) known.push({ mac, device_id: id, device_name: name })
    }
    return known
  }

  /**
   * Follows a controller to where it answers now. The entry about the new address is discovery's;
   * a device that a person gave a name instead of an address follows that name.
   */
  async follow(mac: string, address: string, port: number, ddpPort: number | null): Promise<void> {
    const device = await this.findByMac(mac)
    if (device === undefined) return
    await this.#serial.run(device.id, async () => {
      const changes = {
        ...(/^[\d.]+$/.test(device.address) && { address }),
        port,
        ...(ddpPort !== null && { realtime_port: ddpPort }),
      }
      const differs = Object.keys(listChanges(device, { ...device, ...changes }, CHANGEABLE)).length > 0
      if (!differs) return
      await this.#options.store.update(device.id, changes)
      this.#announce(device.id, 'updated')
    })
  }

  async #change(before: Device, input: DeviceUpdate): Promise<Device> {
    const { store, recorder, assertFits } = this.#options
    const after: Device = { ...before, ...definedOf(input) }
    const changes = listChanges(before, after, CHANGEABLE)
    if (Object.keys(changes).length === 0) return before
    await assertFits(after)
    await store.update(before.id, definedOf(input))
    recorder.record('entity', 'entity_updated', {
      message: `The device "${after.name}" was changed: ${Object.keys(changes).join(', ')}.`,
      entity: toEntityRef(after),
      metadata: { changes },
    })
    this.#announce(before.id, 'updated')
    return after
  }

  #announce(id: string, change: 'created' | 'updated' | 'deleted'): void {
    this.#options.publish({ type: 'entity_changed', entity_type: 'device', entity_id: id, change })
    this.#options.onChanged(id)
  }
}

function toEntityRef(device: Device): EntityRef {
  return { type: 'device', id: device.id, name: device.name }
}

function toDevice(row: StoredRow<'devices'>): Device {
  const { created_ts, type, ...rest } = row
  return { ...rest, type: type as DeviceType, created_at: new Date(created_ts).toISOString() }
}
