import { resolveDeviceAddress } from '../devices/device-address.ts'
import type { DeviceService } from '../devices/device-service.ts'
import { LedGrabError } from '../errors.ts'
import { Serial } from '../lib/serial.ts'
import type { Recorder } from '../protocol/activity.ts'
import type { TaskPool } from '../threads/task-pool.ts'
import type { RunningTargets } from './running-targets.ts'
import { toDevicePlan } from './target-plan.ts'

export interface DeviceIdentifierOptions {
  readonly devices: Pick<DeviceService, 'get'>
  readonly running: Pick<RunningTargets, 'withoutStreams'>
  readonly pool: Pick<TaskPool, 'identify'>
  readonly recorder: Recorder
}

/** Lets a controller blink, so that a person in the room sees which one it is. */
export class DeviceIdentifier {
  readonly #options: DeviceIdentifierOptions
  readonly #serial = new Serial()

  constructor(options: DeviceIdentifierOptions) {
    this.#options = options
  }

  /**
   * Resolves when the controller shows again what it showed before; targets that light it pause.
   *
   * @param seconds how long it blinks.
   * @throws `LG_ENTITY_NOT_FOUND`, `LG_DEVICE_ADDRESS_…`, `LG_DEVICE_UNREACHABLE`
   */
  async identify(id: string, seconds: number): Promise<void> {
    await this.#serial.run(id, async () => {
      const { devices, running, pool, recorder } = this.#options
      const device = await devices.get(id)
      const plan = toDevicePlan(device, await resolveDeviceAddress(device))
      recorder.record('device', 'device_identified', {
        message: `"${device.name}" at ${device.address} blinks for ${seconds} s to show which one it is.`,
        entity: { type: 'device', id, name: device.name },
        metadata: { address: device.address, seconds },
      })
      const { packets_out, trouble } = await running.withoutStreams(id, () =>
        pool.identify({ device: plan, seconds }),
      )
      if (packets_out > 0) return
      throw new LedGrabError(
        'LG_DEVICE_UNREACHABLE',
        `nothing could be sent to "${device.name}" at ${device.address}${trouble === null ? '' : `: ${trouble}`}`,
      )
    })
  }
}
