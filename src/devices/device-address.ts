import { isIPv4 } from 'node:net'
import { LedGrabError } from '../errors.ts'
import { toE131Group } from '../led/e131-encoder.ts'
import { addressOf, type Device } from '../protocol/api-devices.ts'
import { readSettings } from '../protocol/device-settings.ts'
import { resolvePrivateAddress } from './address.ts'

type Addressed = Pick<Device, 'type' | 'address' | 'settings'>

/** Whether a device is sent to through the multicast groups of its universes (ANSI E1.31-2018 §9.3). */
export function isMulticast({ type, address }: Pick<Device, 'type' | 'address'>): boolean {
  return type === 'e131' && isIPv4(address) && address.startsWith('239.255.')
}

/**
 * Where a device is sent to: an IP literal that was checked, or the name of a serial port. Multicast
 * groups are for `e131` only, and there the one that belongs to its universe.
 *
 * @throws `LG_DEVICE_ADDRESS_PUBLIC`, `LG_DEVICE_ADDRESS_UNRESOLVED`, `LG_REQUEST_INVALID`
 */
export async function resolveDeviceAddress(device: Addressed): Promise<string> {
  const parsed = addressOf(device.type).safeParse(device.address)
  if (!parsed.success) throw toRefusal(parsed.error.issues[0]?.message ?? 'is not valid')
  if (device.type === 'adalight') return device.address
  if (!isMulticast(device)) return await resolvePrivateAddress(device.address)
  const { universe } = readSettings('e131', device.settings)
  const group = toE131Group(universe)
  if (device.address === group) return group
  throw toRefusal(`must be ${group}, the multicast group of universe ${universe}`)
}

function toRefusal(problem: string): LedGrabError {
  return new LedGrabError('LG_REQUEST_INVALID', `address: ${problem}`, { field: 'address' })
}
