import { isIP } from 'node:net'
import { LedGrabError } from '../errors.ts'
import { definedOf, listChanges, tellChanges } from '../lib/changes.ts'
import { Serial } from '../lib/serial.ts'
import type { EntityRef, Recorder } from '../protocol/activity.ts'
import type { Device, DeviceInput, DeviceUpdate } from '../protocol/api-devices.ts'
import { type DeviceSettings, type DeviceType, readSettings } from '../protocol/device-settings.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { KnownController } from '../protocol/worker-messages.ts'
import type { EntityStore, StoredRow } from '../storage/entity-store.ts'
import { resolveDeviceAddress } from './device-address.ts'
import { assertProtocolFits, parseSettings } from './device-settings.ts'

/** What only some types can be created with. */
interface ChosenFields {
  readonly name: string
  readonly port?: number | undefined
  readonly realtime_port?: number | null | undefined
  readonly mac?: string | undefined
}

/** A serial port has none: 0. */
const DEFAULT_PORTS: Readonly<Record<DeviceType, number>> = {
  wled: 80,
  virtual: 80,
  ddp: 4_048,
  e131: 5_568,
  artnet: 6_454,
  opc: 7_890,
  adalight: 0,
}
const CHANGEABLE = [
  'name',
  'type',
  'address',
  'port',
  'realtime_port',
  'mac',
  'led_count',
  'settings',
] as const

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
   * @throws `LG_ENTITY_NAME_TAKEN`, `LG_DEVICE_ADDRESS_PUBLIC`, `LG_DEVICE_ADDRESS_UNRESOLVED`,
   *   `LG_REQUEST_INVALID` naming the field
   */
  async create(input: DeviceInput): Promise<Device> {
    const { store, recorder, askMac } = this.#options
    const settings = parseSettings(input.type, input.settings ?? {})
    const wanted = { ...input, settings }
    assertProtocolFits(wanted)
    const address = await resolveDeviceAddress(wanted)
    const { port = DEFAULT_PORTS[input.type], realtime_port = null, mac }: ChosenFields = input
    const row: StoredRow<'devices'> = {
      id: store.newId(),
      name: input.name,
      type: input.type,
      address: input.address,
      port,
      realtime_port,
      mac: mac ?? (speaksHttp(input.type) ? await askMac(address, port) : null),
      led_count: input.led_count,
      settings: JSON.stringify(settings),
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
      const after: Device = {
        ...before,
        ...definedOf(input),
        port: toPort(before, input),
        settings: toSettings(before, input),
      }
      // Before the controller there is asked, which takes time.
      if (Object.keys(listChanges(before, after, CHANGEABLE)).length === 0) return before
      assertPortsApply(after.type, input)
      assertProtocolFits(after)
      await this.#options.assertFits(after)
      const address = await resolveDeviceAddress(after)
      const isElsewhere = after.address !== before.address || after.port !== before.port
      if (!isElsewhere || !speaksHttp(after.type)) return await this.#change(before, after)
      // Another controller, perhaps: with the old one's MAC, discovery would lead the device back to it.
      const mac = (await this.#options.askMac(address, after.port)) ?? before.mac
      return await this.#change(before, { ...after, mac })
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
    const found = await this.findByMac(mac)
    if (found === undefined) return
    await this.#serial.run(found.id, async () => {
      // As it is now: a person may have changed or removed it while this waited.
      const device = await this.findByMac(mac)
      if (device === undefined || device.id !== found.id) return
      const changes = {
        ...(isIP(device.address) !== 0 && { address }),
        ...toPorts(device, port, ddpPort),
      }
      const differs = Object.keys(listChanges(device, { ...device, ...changes }, CHANGEABLE)).length > 0
      if (!differs) return
      await this.#options.store.update(device.id, changes)
      this.#announce(device.id, 'updated')
    })
  }

  async #change(before: Device, after: Device): Promise<Device> {
    const { store, recorder } = this.#options
    const changes = listChanges(before, after, CHANGEABLE)
    const { id, created_at: _created, settings, ...columns } = after
    await store.update(id, { ...columns, settings: JSON.stringify(settings) })
    recorder.record('entity', 'entity_updated', {
      message: `The device "${after.name}" was changed: ${tellChanges(changes)}.`,
      entity: toEntityRef(after),
      metadata: { changes },
    })
    this.#announce(id, 'updated')
    return after
  }

  #announce(id: string, change: 'created' | 'updated' | 'deleted'): void {
    this.#options.publish({ type: 'entity_changed', entity_type: 'device', entity_id: id, change })
    this.#options.onChanged(id)
  }
}

/** Whether there is a WLED at the device's port, or something that behaves like one. */
export function speaksHttp(type: DeviceType): boolean {
  return type === 'wled' || type === 'virtual'
}

/** A device of another type has that type's port, unless somebody chose one. */
function toPort(before: Device, { type = before.type, port }: DeviceUpdate): number {
  if (port !== undefined) return port
  return before.port === DEFAULT_PORTS[before.type] ? DEFAULT_PORTS[type] : before.port
}

/** @throws `LG_REQUEST_INVALID` for a port that a device of this type has not. */
function assertPortsApply(type: DeviceType, { port, realtime_port }: DeviceUpdate): void {
  const field =
    type === 'adalight' && port !== undefined
      ? 'port'
      : !speaksHttp(type) && realtime_port != null
        ? 'realtime_port'
        : undefined
  if (field === undefined) return
  throw new LedGrabError('LG_REQUEST_INVALID', `${field}: a device of type ${type} has none`, { field })
}

/** Settings belong to a type: another one begins with its defaults. */
function toSettings(before: Device, { type = before.type, settings = {} }: DeviceUpdate): DeviceSettings {
  return parseSettings(type, type === before.type ? { ...before.settings, ...settings } : settings)
}

/** The ports a controller announces, as `device` has them. */
function toPorts(
  { type, settings }: Device,
  httpPort: number,
  ddpPort: number | null,
): Partial<Pick<Device, 'port' | 'realtime_port'>> {
  if (type === 'ddp') return ddpPort === null ? {} : { port: ddpPort }
  if (!speaksHttp(type)) return {}
  const isDdp = settings.protocol === 'ddp'
  return { port: httpPort, ...(isDdp && ddpPort !== null && { realtime_port: ddpPort }) }
}

function toEntityRef(device: Device): EntityRef {
  return { type: 'device', id: device.id, name: device.name }
}

function toDevice(row: StoredRow<'devices'>): Device {
  const { created_ts, type: text, settings, ...rest } = row
  const type = text as DeviceType
  return {
    ...rest,
    type,
    // With defaults: a device may be older than a setting.
    settings: readSettings(type, JSON.parse(settings)),
    created_at: new Date(created_ts).toISOString(),
  }
}
