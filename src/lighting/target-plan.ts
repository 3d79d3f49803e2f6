import { LedGrabError } from '../errors.ts'
import { findStripProblems } from '../led/validate-strip.ts'
import type { Device, Target } from '../protocol/api-entities.ts'
import type { TargetPlan } from '../protocol/worker-messages.ts'

const DDP_PORT = 4048

/** A target as its capture worker needs it; `address` is the device's, resolved and checked. */
export function toTargetPlan(target: Target, device: Device, address: string): TargetPlan {
  const speaksHttp = device.type !== 'ddp'
  return {
    target_id: target.id,
    target_name: target.name,
    device: {
      id: device.id,
      name: device.name,
      type: device.type,
      address,
      http_port: speaksHttp ? device.port : null,
      ddp_port: speaksHttp ? (device.realtime_port ?? DDP_PORT) : device.port,
      led_count: device.led_count,
    },
    layout: target.layout,
    processing: target.processing,
  }
}

/** @throws `LG_REQUEST_INVALID` naming the first field of the layout that does not fit the device. */
export function assertLayoutFits(layout: Target['layout'], ledCount: number): void {
  const [problem] = findStripProblems(layout, ledCount)
  if (!problem) return
  const field = `layout.${problem.field}`
  throw new LedGrabError('LG_REQUEST_INVALID', `${field}: ${problem.message}`, { field })
}
