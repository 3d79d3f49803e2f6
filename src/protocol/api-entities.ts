import { z } from 'zod'
import { EntityId, Name, Port } from './api-fields.ts'
import { EDGES } from './worker-messages.ts'

/** What a device is and how it is spoken to. */
export const DEVICE_TYPES = ['wled', 'ddp', 'virtual'] as const
export type DeviceType = (typeof DEVICE_TYPES)[number]

/** WLED takes at most 16,384 LEDs on its largest boards. */
export const MAX_LEDS = 16_384

const deviceFields = {
  name: Name,
  type: z.enum(DEVICE_TYPES),
  /** An IP address or host name on a private network. */
  address: z
    .string()
    .trim()
    .min(1)
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]+$/, 'must be an IP address or a host name'),
  /** HTTP port of a `wled` or `virtual` (80); DDP port of a `ddp` (4048). */
  port: Port,
  /** DDP port of a `wled` or `virtual`, where it is not 4048. */
  realtime_port: Port.nullable(),
  led_count: z.int().min(1).max(MAX_LEDS),
}

export const DeviceCreate = z.strictObject({
  ...deviceFields,
  port: deviceFields.port.optional(),
  realtime_port: deviceFields.realtime_port.optional(),
  /** 12 hex digits; taken from the controller where it is known. */
  mac: z
    .string()
    .regex(/^[0-9a-f]{12}$/, 'must be 12 lower-case hex digits')
    .optional(),
})
export type DeviceCreate = z.infer<typeof DeviceCreate>

export const DeviceUpdate = z.strictObject(deviceFields).partial()
export type DeviceUpdate = z.infer<typeof DeviceUpdate>

export const Device = z.object({
  id: z.string(),
  ...deviceFields,
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
  }),
})

const Fps = z.int().min(1).max(60)

export const SourceSettingsSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('testcard'), fps: Fps }),
  z.strictObject({
    type: z.literal('screen'),
    /** X11 display such as `:0.0`; null: the one of the server's environment. */
    display: z
      .string()
      .regex(/^[A-Za-z0-9.-]*:\d{1,5}(\.\d{1,3})?$/, 'must be an X11 display such as :0 or :0.0')
      .nullable(),
    fps: Fps,
  }),
])

const display = SourceSettingsSchema.options[1].shape.display

export const SourceCreate = z.discriminatedUnion('type', [
  z.strictObject({ name: Name, type: z.literal('testcard'), fps: Fps.default(30) }),
  z.strictObject({
    name: Name,
    type: z.literal('screen'),
    display: display.default(null),
    fps: Fps.default(60),
  }),
])
export type SourceCreate = z.infer<typeof SourceCreate>

/** The type of a source stays what it is: make a new one instead. */
export const SourceUpdate = z.strictObject({ name: Name, display, fps: Fps }).partial()
export type SourceUpdate = z.infer<typeof SourceUpdate>

export const Source = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(['testcard', 'screen']),
  fps: z.int(),
  /** Only a screen has one. */
  display: z.string().nullable().optional(),
  created_at: z.string(),
})
export type Source = Readonly<z.infer<typeof Source>>

export const Layout = z.strictObject({
  /** Runs of LEDs along the edges, numbered clockwise seen from the front unless `reverse`. */
  segments: z
    .array(
      z.strictObject({
        edge: z.enum(EDGES),
        led_start: z
          .int()
          .min(0)
          .max(MAX_LEDS - 1),
        led_count: z.int().min(1).max(MAX_LEDS),
        reverse: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(64),
  /** How deep into the picture an edge LED looks, in per cent. */
  border_depth_percent: z.number().min(1).max(50).default(10),
})

export const ProcessingSchema = z.strictObject({
  brightness: z.number().min(0).max(1).default(1),
  gamma: z.number().min(0.1).max(5).default(1),
})

const targetFields = { name: Name, device_id: EntityId, source_id: EntityId }

export const TargetCreate = z.strictObject({
  ...targetFields,
  /** Default: all LEDs around the picture, clockwise from the bottom left. */
  layout: Layout.optional(),
  processing: ProcessingSchema.prefault({}),
})
export type TargetCreate = z.infer<typeof TargetCreate>

export const TargetUpdate = z.strictObject({
  name: Name.optional(),
  device_id: EntityId.optional(),
  source_id: EntityId.optional(),
  layout: Layout.optional(),
  /** Only what is given changes. */
  processing: z
    .strictObject({ brightness: z.number().min(0).max(1), gamma: z.number().min(0.1).max(5) })
    .partial()
    .optional(),
})
export type TargetUpdate = z.infer<typeof TargetUpdate>

export const Target = z.object({
  id: z.string(),
  ...targetFields,
  layout: Layout,
  processing: ProcessingSchema,
  /** `starting`: wanted, and waiting for its capture thread. */
  state: z.enum(['stopped', 'starting', 'running']),
  created_at: z.string(),
})
export type Target = Readonly<z.infer<typeof Target>>

export const FoundControllerSchema = z.object({
  key: z.string(),
  name: z.string(),
  address: z.string(),
  port: z.int(),
  mac: z.string().nullable(),
  ddp_port: z.int().nullable(),
  /** What its `/json/info` said; null while it has not answered. */
  info: z
    .object({ name: z.string().nullable(), version: z.string().nullable(), led_count: z.int().nullable() })
    .nullable(),
})
