import { z } from 'zod'

/** What a device is and how it is spoken to. */
export const DEVICE_TYPES = ['wled', 'ddp', 'e131', 'artnet', 'opc', 'adalight', 'virtual'] as const
export type DeviceType = (typeof DEVICE_TYPES)[number]

/** How a WLED is streamed to: by DDP, or by a format of its UDP realtime. */
export const WLED_PROTOCOLS = ['ddp', 'warls', 'drgb', 'dnrgb'] as const
export const COLOR_ORDER_NAMES = ['rgb', 'rbg', 'grb', 'gbr', 'brg', 'bgr'] as const
export const SERIAL_FRAMING_NAMES = ['adalight', 'awa'] as const

const color_order = z
  .enum(COLOR_ORDER_NAMES)
  .default('rgb')
  .describe('In which order the strip takes its colours.')

const channels_per_universe = z
  .int()
  .min(4)
  .max(512)
  .default(512)
  .describe('How many channels of a universe are used; no LED is split, so 512 are 170 RGB or 128 RGBW LEDs.')

const wled = z.strictObject({
  protocol: z
    .enum(WLED_PROTOCOLS)
    .default('ddp')
    .describe(
      'How colours are sent. DDP shows a frame as a whole; warls takes up to 255 LEDs, drgb 490, dnrgb any number.',
    ),
})

/** What each type of device can be told besides its address, ports and LEDs. */
export const DEVICE_SETTINGS = {
  wled,
  virtual: wled,
  ddp: z.strictObject({ color_order }),
  e131: z.strictObject({
    universe: z
      .int()
      .min(1)
      .max(63_999)
      .default(1)
      .describe('Universe of the first LED; the following ones take the rest.'),
    channels_per_universe,
    priority: z
      .int()
      .min(0)
      .max(200)
      .default(100)
      .describe('Of several senders a receiver shows the one with the highest.'),
    color_order,
  }),
  artnet: z.strictObject({
    universe: z
      .int()
      .min(0)
      .max(32_767)
      .default(0)
      .describe('Port-Address of the first LED (net, sub-net and universe in one number).'),
    channels_per_universe,
    sync: z
      .boolean()
      .default(false)
      .describe('Ends each frame with an ArtSync, so that all universes change at once.'),
    color_order,
  }),
  opc: z.strictObject({
    channel: z.int().min(0).max(255).default(0).describe('Which strip of the server; 0: all of them.'),
    color_order,
  }),
  adalight: z.strictObject({
    framing: z
      .enum(SERIAL_FRAMING_NAMES)
      .default('adalight')
      .describe('awa adds a check sum, which fast ports need.'),
    baud_rate: z
      .int()
      .min(9_600)
      .max(4_000_000)
      .default(115_200)
      .describe('Bits per second, as the controller is set.'),
    color_order,
  }),
} as const satisfies Record<DeviceType, z.ZodType>

export type SettingsOf<T extends DeviceType> = Readonly<z.infer<(typeof DEVICE_SETTINGS)[T]>>
/** A device's settings as they are kept and shown: complete, of the device's type. */
export type DeviceSettings = Readonly<Record<string, string | number | boolean>>

/** The settings of a type, with defaults for what is missing. @throws ZodError */
export function readSettings<T extends DeviceType>(type: T, settings: DeviceSettings): SettingsOf<T> {
  const schema: z.ZodType = DEVICE_SETTINGS[type]
  return schema.parse(settings) as SettingsOf<T>
}
