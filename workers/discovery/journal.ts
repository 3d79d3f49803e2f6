import type { EntityRef, JsonObject, Recorder } from '../../src/protocol/activity.ts'
import type { DiscoveryReport, FoundController, KnownController } from '../../src/protocol/worker-messages.ts'
import { assertNever } from '../../src/protocol/worker-messages.ts'
import type { PresenceEvent } from './presence.ts'

/** The worker's own side, as far as this needs it. */
export interface JournalSide extends Recorder {
  send(report: DiscoveryReport): void
}

/** Tells the main thread and the activity log what happened to a controller. */
export class DiscoveryJournal {
  readonly #side: JournalSide
  #devices: ReadonlyMap<string, KnownController> = new Map()

  constructor(side: JournalSide, known: readonly KnownController[]) {
    this.#side = side
    this.setKnown(known)
  }

  setKnown(known: readonly KnownController[]): void {
    this.#devices = new Map(known.map((device) => [device.mac, device]))
  }

  /** Records `event`, then reports it. */
  write(event: PresenceEvent): void {
    const { controller } = event
    const entity = this.#toEntity(controller)
    switch (event.kind) {
      case 'found':
        this.#side.record('device', 'device_discovered', {
          message: `${entity.name} was found at ${controller.address}.`,
          entity,
          metadata: toMetadata(controller),
        })
        this.#side.send({ kind: 'controller-found', controller })
        return
      case 'moved':
        this.#side.record('device', 'device_address_changed', {
          message: `${entity.name} ${describeMove(controller, event.previous)}.`,
          entity,
          metadata: {
            ...toMetadata(controller),
            previous_address: event.previous.address,
            previous_port: event.previous.port,
            previous_ddp_port: event.previous.ddp_port,
          },
        })
        this.#side.send({
          kind: 'controller-moved',
          controller,
          previous_address: event.previous.address,
        })
        return
      case 'lost':
        this.#recordLoss(event, entity)
        this.#side.send({ kind: 'controller-lost', controller, reason: event.reason })
        return
      default:
        assertNever(event)
    }
  }

  #recordLoss(event: Extract<PresenceEvent, { kind: 'lost' }>, entity: EntityRef): void {
    const { controller, reason } = event
    const silentSeconds = Math.round(event.silentMs / 1_000)
    this.#side.record('device', 'device_lost', {
      message:
        reason === 'goodbye'
          ? `${entity.name} left the network; it was at ${controller.address}.`
          : `${entity.name} has not answered for ${silentSeconds} s; it was at ${controller.address}.`,
      entity,
      metadata: { ...toMetadata(controller), reason, silent_seconds: silentSeconds },
    })
  }

  #toEntity({ key, mac, name }: FoundController): EntityRef {
    const device = mac === null ? undefined : this.#devices.get(mac)
    return device
      ? { type: 'device', id: device.device_id, name: device.device_name }
      : { type: 'controller', id: mac ?? key, name }
  }
}

function describeMove(now: FoundController, before: FoundController): string {
  if (now.address !== before.address) return `moved from ${before.address} to ${now.address}`
  if (now.port !== before.port) return `at ${now.address} moved from port ${before.port} to port ${now.port}`
  return `at ${now.address} takes DDP on ${describePort(now.ddp_port)}, before on ${describePort(before.ddp_port)}`
}

function describePort(port: number | null): string {
  return port === null ? 'its usual port' : `port ${port}`
}

function toMetadata({ name, address, port, mac, ddp_port }: FoundController): JsonObject {
  return { name, address, port, mac, ddp_port }
}
