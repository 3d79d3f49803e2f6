import { z } from 'zod'
import { Name, Port } from './api-fields.ts'
import { DEVICE_SETTINGS, DEVICE_TYPES, type DeviceType } from './device-settings.ts'

/** WLED takes at most 16,384 LEDs on its largest boards. */
export const MAX_LEDS = 16_384

/** An IP address or host name. */
export const NetworkAddress = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9.:_-]+$/, 'must be an IP address or a host name')
  .describe(
    'IP address or host name on a private network; for e131 also the multicast group of its universe.',
  )

/** A serial port by its name in the operating system. */
const SerialPath = z
  .string()
  .trim()
  .max(253)
  .regex(
    /^(\/dev\/(?!.*\.\.)[A-Za-z0-9._:/-]+|COM\d{1,3})$/,
    'must be a serial port such as /dev/ttyUSB0 or COM3',
  )
  .describe('Serial port such as /dev/ttyUSB0 or COM3.')

/** What tells where a device of this type is. */
export function addressOf(type: DeviceType): z.ZodType<string, string> {
  return type === 'adalight' ? SerialPath : NetworkAddress
}

const LedCount = z.int().min(1).max(MAX_LEDS)

/** 12 hex digits; taken from the controller where it is known. */
const Mac = z
  .string()
  .regex(/^[0-9a-f]{12}$/, 'must be 12 lower-case hex digits')
  .optional()

const networkFields = { name: Name, address: NetworkAddress, led_count: LedCount, mac: Mac }
const HttpPort = Port.describe('HTTP port, 80 unless given.').optional()
const RealtimePort = Port.nullable()
  .describe('UDP port of the stream; null: 4048 for DDP, 21324 for the others.')
  .optional()

export const DeviceCreate = z.discriminatedUnion('type', [
  z.strictObject({
    ...networkFields,
    type: z.literal('wled'),
    port: HttpPort,
    realtime_port: RealtimePort,
    settings: DEVICE_SETTINGS.wled.prefault({}),
  }),
  z.strictObject({
    ...networkFields,
    type: z.literal('virtual'),
    port: HttpPort,
    realtime_port: RealtimePort,
    settings: DEVICE_SETTINGS.virtual.prefault({}),
  }),
  z.strictObject({
    ...networkFields,
    type: z.literal('ddp'),
    port: Port.describe('UDP port, 4048 unless given.').optional(),
    settings: DEVICE_SETTINGS.ddp.prefault({}),
  }),
  z.strictObject({
    ...networkFields,
    type: z.literal('e131'),
    port: Port.describe('UDP port, 5568 unless given.').optional(),
    settings: DEVICE_SETTINGS.e131.prefault({}),
  }),
  z.strictObject({
    ...networkFields,
    type: z.literal('artnet'),
    port: Port.describe('UDP port, 6454 unless given.').optional(),
    settings: DEVICE_SETTINGS.artnet.prefault({}),
  }),
  z.strictObject({
    ...networkFields,
    type: z.literal('opc'),
    port: Port.describe('TCP port, 7890 unless given.').optional(),
    settings: DEVICE_SETTINGS.opc.prefault({}),
  }),
  z.strictObject({
    name: Name,
    address: SerialPath,
    led_count: LedCount,
    type: z.literal('adalight'),
    settings: DEVICE_SETTINGS.adalight.prefault({}),
  }),
])
export type DeviceCreate = z.infer<typeof DeviceCreate>
/** As a caller may write it: with what has a default left out. */
export type DeviceInput = z.input<typeof DeviceCreate>

const Settings = z.record(z.string().max(64), z.union([z.string().max(64), z.number(), z.boolean()]))

export const DeviceUpdate = z
  .strictObject({
    name: Name,
    type: z.enum(DEVICE_TYPES),
    address: z.union([NetworkAddress, SerialPath]),
    port: Port,
    realtime_port: Port.nullable(),
    led_count: LedCount,
    settings: Settings.describe('Only what is given changes; another type begins with its defaults.'),
  })
  .partial()
export type DeviceUpdate = z.infer<typeof DeviceUpdate>

export const Device = z.object({
  id: z.string(),
  name: Name,
  type: z.enum(DEVICE_TYPES),
  address: z.string(),
  /** HTTP port of a `wled` or `virtual`, the protocol's own port of others; 0 for a serial port. */
  port: z.int(),
  /** UDP port of the stream of a `wled` or `virtual`, where it is not the usual one. */
  realtime_port: Port.nullable(),
  led_count: LedCount,
  /** Of the device's type, complete. */
  settings: Settings,
  mac: z.string().nullable(),
  created_at: z.string(),
})
export type Device = Readonly<z.infer<typeof Device>>

/** A device as the API shows it: with what its answers tell. */
export const DeviceWithHealth = Device.extend({
  health: z.object({
    /** `unknown` before the first answer, and for receivers that never answer. */
    state: z.enum(['unknown', 'online', 'offline']),
    since: z.string(),
    signal_percent: z
      .int()
      .min(0)
      .max(100)
      .nullable()
      .describe('Strength of its Wi-Fi as a WLED tells it; null: wired, not told, or offline.'),
    rssi_dbm: z.int().nullable(),
  }),
})

export const IdentifyRequestBody = z.strictObject({
  seconds: z.int().min(1).max(10).default(3).describe('How long it blinks.'),
})
