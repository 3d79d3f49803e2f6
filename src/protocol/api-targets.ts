import { z } from 'zod'
import { MAX_LEDS } from './api-devices.ts'
import { EntityId, Name } from './api-fields.ts'
import { EDGES } from './worker-messages.ts'

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
