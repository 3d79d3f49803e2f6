import { LedGrabError, toErrorMessage } from '../errors.ts'
import { ARTNET_MAX_UNIVERSE } from '../led/artnet.ts'
import { countUniverses, E131_MAX_UNIVERSE } from '../led/e131-encoder.ts'
import type { ChannelsPerLed } from '../led/frame-encoder.ts'
import { OPC_MAX_LEDS } from '../led/opc-encoder.ts'
import { maxRealtimeLeds } from '../led/realtime-encoder.ts'
import type { Device } from '../protocol/api-devices.ts'
import {
  DEVICE_SETTINGS,
  type DeviceSettings,
  type DeviceType,
  readSettings,
} from '../protocol/device-settings.ts'

/** More would be a socket or a packet each for very few LEDs. */
const MAX_UNIVERSES = 128

/**
 * The settings of a type, complete, from what a person gave.
 *
 * @throws `LG_REQUEST_INVALID` naming the setting at fault.
 */
export function parseSettings(type: DeviceType, settings: object): DeviceSettings {
  const parsed = DEVICE_SETTINGS[type].safeParse(settings)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const field = ['settings', unknown ?? issue?.path.join('.')].join('.')
  const problem = unknown === undefined ? issue?.message : `a device of type ${type} has no such setting`
  throw new LedGrabError('LG_REQUEST_INVALID', `${field}: ${problem}`, { field })
}

/**
 * Checks that a device's protocol can name all its LEDs.
 *
 * @throws `LG_REQUEST_INVALID` naming `led_count` or the setting at fault.
 */
export function assertProtocolFits(
  { type, led_count, settings }: Pick<Device, 'type' | 'led_count' | 'settings'>,
  channelsPerLed: ChannelsPerLed = 3,
): void {
  switch (type) {
    case 'wled':
    case 'virtual': {
      const { protocol } = readSettings(type, settings)
      if (protocol !== 'ddp') assertCount(led_count, maxRealtimeLeds(protocol, channelsPerLed), protocol)
      return
    }
    case 'opc':
      assertCount(led_count, OPC_MAX_LEDS, type)
      return
    case 'e131':
      assertUniverses(led_count, readSettings(type, settings), channelsPerLed, E131_MAX_UNIVERSE)
      return
    case 'artnet':
      assertUniverses(led_count, readSettings(type, settings), channelsPerLed, ARTNET_MAX_UNIVERSE)
      return
    case 'ddp':
    case 'adalight':
  }
}

/**
 * Checks that a device can be sent a white channel.
 *
 * @throws `LG_REQUEST_INVALID` naming `processing.white_channel`
 */
export function assertTakesWhite(device: Pick<Device, 'type' | 'led_count' | 'settings'>): void {
  const field = 'processing.white_channel'
  const refuse = (why: string, cause?: unknown): never => {
    throw new LedGrabError('LG_REQUEST_INVALID', `${field}: ${why}`, { field, cause })
  }
  const protocol =
    device.type === 'wled' || device.type === 'virtual' ? device.settings.protocol : device.type
  if (protocol === 'opc' || protocol === 'adalight' || protocol === 'warls') {
    refuse(`${protocol} carries red, green and blue only`)
  }
  try {
    assertProtocolFits(device, 4)
  } catch (cause) {
    refuse(`with white the device does not fit its protocol: ${toErrorMessage(cause)}`, cause)
  }
}

function assertCount(ledCount: number, max: number, protocol: string): void {
  if (ledCount <= max) return
  throw new LedGrabError('LG_REQUEST_INVALID', `led_count: ${protocol} takes at most ${max} LEDs`, {
    field: 'led_count',
  })
}

function assertUniverses(
  ledCount: number,
  { universe, channels_per_universe }: { universe: number; channels_per_universe: number },
  channelsPerLed: ChannelsPerLed,
  maxUniverse: number,
): void {
  const count = countUniverses(ledCount, channels_per_universe, channelsPerLed)
  if (count > MAX_UNIVERSES) {
    const field = 'settings.channels_per_universe'
    throw new LedGrabError(
      'LG_REQUEST_INVALID',
      `${field}: ${ledCount} LEDs would take ${count} universes; at most ${MAX_UNIVERSES} are possible`,
      { field },
    )
  }
  const last = universe + count - 1
  if (last <= maxUniverse) return
  const field = 'settings.universe'
  throw new LedGrabError(
    'LG_REQUEST_INVALID',
    `${field}: ${ledCount} LEDs would reach universe ${last}; the last one is ${maxUniverse}`,
    { field },
  )
}
