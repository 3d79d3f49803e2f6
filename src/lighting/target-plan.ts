import { isMulticast } from '../devices/device-address.ts'
import { speaksHttp } from '../devices/device-service.ts'
import { assertTakesWhite } from '../devices/device-settings.ts'
import { LedGrabError } from '../errors.ts'
import { findLayoutProblems } from '../led/validate-layout.ts'
import type { Device } from '../protocol/api-devices.ts'
import type { Source } from '../protocol/api-sources.ts'
import type { Target } from '../protocol/api-targets.ts'
import { readSettings } from '../protocol/device-settings.ts'
import { assertNever, type OutputPlan, type TargetPlan } from '../protocol/worker-messages.ts'

const DDP_PORT = 4_048
const REALTIME_PORT = 21_324

/** A target as its capture worker needs it; `address` is the device's, resolved and checked. */
export function toTargetPlan(target: Target, source: Source, device: Device, address: string): TargetPlan {
  const { processing } = target
  return {
    target_id: target.id,
    target_name: target.name,
    device: toDevicePlan(device, address),
    layout: target.layout,
    calibration: null,
    // What LedGrab paints itself has no bars, however dark its edges are.
    processing: { ...processing, skip_black_bars: processing.skip_black_bars && showsFilms(source) },
  }
}

function showsFilms({ type }: Source): boolean {
  return type === 'screen' || type === 'camera' || type === 'video'
}

/** A device as whoever sends to it needs it. */
export function toDevicePlan(device: Device, address: string): TargetPlan['device'] {
  return {
    id: device.id,
    name: device.name,
    type: device.type,
    address,
    http_port: speaksHttp(device.type) ? device.port : null,
    led_count: device.led_count,
    output: toOutputPlan(device),
  }
}

function toOutputPlan({ type, address, port, realtime_port, settings }: Device): OutputPlan {
  switch (type) {
    case 'wled':
    case 'virtual': {
      const { protocol } = readSettings(type, settings)
      // Its own setting says in which order its strip takes colours.
      if (protocol === 'ddp') return { kind: 'ddp', port: realtime_port ?? DDP_PORT, color_order: 'rgb' }
      return { kind: 'realtime', port: realtime_port ?? REALTIME_PORT, format: protocol }
    }
    case 'ddp':
      return { kind: 'ddp', port, ...readSettings(type, settings) }
    case 'e131':
      return {
        kind: 'e131',
        port,
        is_multicast: isMulticast({ type, address }),
        ...readSettings(type, settings),
      }
    case 'artnet':
      return { kind: 'artnet', port, ...readSettings(type, settings) }
    case 'opc':
      return { kind: 'opc', port, ...readSettings(type, settings) }
    case 'adalight':
      return { kind: 'serial', ...readSettings(type, settings) }
    default:
      return assertNever(type)
  }
}

/** @throws `LG_REQUEST_INVALID` naming the first field of the layout or processing that does not fit the device. */
export function assertTargetFits(
  { layout, processing }: Pick<Target, 'layout' | 'processing'>,
  device: Pick<Device, 'type' | 'led_count' | 'settings'>,
): void {
  if (processing.white_channel !== 'none') assertTakesWhite(device)
  const [problem] = findLayoutProblems(layout, device.led_count)
  if (!problem) return
  const field = `layout.${problem.field}`
  throw new LedGrabError('LG_REQUEST_INVALID', `${field}: ${problem.message}`, { field })
}
