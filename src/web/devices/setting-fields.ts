import type {
  COLOR_ORDER_NAMES,
  DeviceType,
  SERIAL_FRAMING_NAMES,
  SettingsOf,
  WLED_PROTOCOLS,
} from '../../protocol/device-settings.ts'

/** How a setting of a device is asked for. */
export type SettingField =
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** `usual`: what the server takes when nothing is given. */
  | { readonly kind: 'number'; readonly usual: number }
  | { readonly kind: 'switch' }

const COLOR_ORDER = {
  kind: 'choice',
  choices: ['rgb', 'rbg', 'grb', 'gbr', 'brg', 'bgr'] satisfies typeof COLOR_ORDER_NAMES,
} as const
const WLED = {
  protocol: { kind: 'choice', choices: ['ddp', 'warls', 'drgb', 'dnrgb'] satisfies typeof WLED_PROTOCOLS },
} as const
const CHANNELS = { kind: 'number', usual: 512 } as const

type Fields = { readonly [T in DeviceType]: { readonly [K in keyof SettingsOf<T>]: SettingField } }

/**
 * The settings each type of device has, in the order they are asked for. Fails to compile when the
 * server's have changed; the server's own table would bring its validator with it.
 */
export const SETTING_FIELDS = {
  wled: WLED,
  ddp: { color_order: COLOR_ORDER },
  e131: {
    universe: { kind: 'number', usual: 1 },
    channels_per_universe: CHANNELS,
    priority: { kind: 'number', usual: 100 },
    color_order: COLOR_ORDER,
  },
  artnet: {
    universe: { kind: 'number', usual: 0 },
    channels_per_universe: CHANNELS,
    sync: { kind: 'switch' },
    color_order: COLOR_ORDER,
  },
  opc: { channel: { kind: 'number', usual: 0 }, color_order: COLOR_ORDER },
  adalight: {
    framing: { kind: 'choice', choices: ['adalight', 'awa'] satisfies typeof SERIAL_FRAMING_NAMES },
    baud_rate: { kind: 'number', usual: 115_200 },
    color_order: COLOR_ORDER,
  },
  virtual: WLED,
} as const satisfies Fields

export type SettingName = { [T in DeviceType]: keyof SettingsOf<T> }[DeviceType]

export const DEVICE_TYPES = Object.keys(SETTING_FIELDS) as readonly DeviceType[]

/** The settings of a type by name. */
export function settingsOf(type: DeviceType): readonly (readonly [SettingName, SettingField])[] {
  return Object.entries(SETTING_FIELDS[type]) as unknown as readonly (readonly [SettingName, SettingField])[]
}

/** The port a type listens on unless told otherwise; undefined where it has none. */
export const USUAL_PORTS: Readonly<Record<DeviceType, number | undefined>> = {
  wled: 80,
  virtual: 80,
  ddp: 4048,
  e131: 5568,
  artnet: 6454,
  opc: 7890,
  adalight: undefined,
}
