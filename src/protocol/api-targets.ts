import { z } from 'zod'
import { MAX_LEDS } from './api-devices.ts'
import { EntityId, Name } from './api-fields.ts'

export const EDGES = ['top', 'right', 'bottom', 'left'] as const
export type Edge = (typeof EDGES)[number]

export const CORNERS = ['top_left', 'top_right', 'bottom_right', 'bottom_left'] as const
export type Corner = (typeof CORNERS)[number]

const LedNumber = z
  .int()
  .min(0)
  .max(MAX_LEDS - 1)
const Percent = z.number().min(0).max(100)

/**
 * A run of LEDs along one edge of the picture, numbered clockwise seen from the front unless `reverse`.
 * Segments of one edge share it by their LED counts; their order in the list is their order clockwise.
 */
const Segment = z.strictObject({
  edge: z.enum(EDGES),
  led_start: LedNumber,
  led_count: z.int().min(1).max(MAX_LEDS),
  reverse: z.boolean().default(false),
})

/** Where an edge has no LEDs: behind the stand, say. */
const Gap = z.strictObject({
  edge: z.enum(EDGES),
  start_percent: Percent.describe('Where it begins, in per cent of the edge, counted clockwise.'),
  end_percent: Percent.describe('Where it ends; more than start_percent.'),
})

const StripLayout = z.strictObject({
  type: z.literal('strip').default('strip'),
  segments: z.array(Segment).min(1).max(64),
  gaps: z.array(Gap).max(8).default([]),
  border_depth_percent: z
    .number()
    .min(1)
    .max(50)
    .default(10)
    .describe('How deep into the picture an LED looks, in per cent of its height or width.'),
})

const MatrixLayout = z.strictObject({
  type: z.literal('matrix'),
  columns: z.int().min(1).max(MAX_LEDS),
  rows: z.int().min(1).max(MAX_LEDS),
  first_led: z.enum(CORNERS).default('top_left').describe('The corner with the first LED.'),
  runs: z.enum(['rows', 'columns']).default('rows').describe('Whether the wire goes along rows or columns.'),
  serpentine: z.boolean().default(true).describe('Whether every second run goes back the way it came.'),
  led_start: LedNumber.default(0).describe('The number of the first LED.'),
})

/** How the LEDs lie about the picture: along its edges, or all over it. Without `type` it is a strip. */
export const Layout = z.discriminatedUnion('type', [StripLayout, MatrixLayout], {
  error: ({ code }) => (code === 'invalid_union' ? 'must be "strip", as without it, or "matrix"' : undefined),
})
export type Layout = Readonly<z.infer<typeof Layout>>

const Share = z.number().min(0).max(1)
const processing = {
  brightness: Share.describe('0-1, scales the values sent to the LEDs.'),
  gamma: z.number().min(0.1).max(5).describe('1 leaves values as they are; above 1 darkens the middle.'),
  saturation: z.number().min(0).max(4).describe('0: grey, 1: as in the picture, above 1: more colourful.'),
  smoothing_ms: z.int().min(0).max(5_000).describe('Within this time 98 % of a change has happened.'),
  black_threshold: Share.describe('LEDs darker than this share of full value are off.'),
  white_balance: z
    .strictObject({ red: Share, green: Share, blue: Share })
    .describe('Scales each colour, so that white looks white on this strip.'),
  color_temperature_k: z
    .int()
    .min(1_000)
    .max(15_000)
    .nullable()
    .describe('Colour of white in kelvin, 6,600 and null: as it is; below: warmer.'),
  power_limit_ma: z
    .int()
    .min(50)
    .max(1_000_000)
    .nullable()
    .describe('All LEDs together are dimmed to draw no more; null: no limit.'),
  led_ma: z.number().min(1).max(200).describe('What one LED draws at full white, for the limit.'),
  white_channel: z
    .enum(['none', 'accurate', 'brighter'])
    .describe('RGBW strips: white taken out of the colours, or added to them. none: the strip has RGB.'),
  dithering: z.boolean().describe('Steps between two values are shown by alternating between them.'),
  skip_black_bars: z.boolean().describe('LEDs look past black bars at the edges of the picture.'),
}

export const Processing = z.strictObject({
  brightness: processing.brightness.default(1),
  gamma: processing.gamma.default(1),
  saturation: processing.saturation.default(1),
  smoothing_ms: processing.smoothing_ms.default(0),
  black_threshold: processing.black_threshold.default(0),
  white_balance: processing.white_balance.default({ red: 1, green: 1, blue: 1 }),
  color_temperature_k: processing.color_temperature_k.default(null),
  power_limit_ma: processing.power_limit_ma.default(null),
  led_ma: processing.led_ma.default(55),
  white_channel: processing.white_channel.default('none'),
  dithering: processing.dithering.default(false),
  skip_black_bars: processing.skip_black_bars.default(true),
})
export type Processing = Readonly<z.infer<typeof Processing>>

/** Only what is given changes. */
export const ProcessingPatch = z.strictObject(processing).partial()
export type ProcessingPatch = Readonly<z.infer<typeof ProcessingPatch>>

const targetFields = { name: Name, device_id: EntityId, source_id: EntityId }

export const TargetCreate = z.strictObject({
  ...targetFields,
  /** Default: all LEDs around the picture, clockwise from the bottom left. */
  layout: Layout.optional(),
  processing: Processing.prefault({}),
})
export type TargetCreate = z.infer<typeof TargetCreate>

export const TargetUpdate = z.strictObject({
  name: Name.optional(),
  device_id: EntityId.optional(),
  source_id: EntityId.optional(),
  layout: Layout.optional(),
  processing: ProcessingPatch.optional(),
})
export type TargetUpdate = z.infer<typeof TargetUpdate>

/** Settings to be shown for a moment, and not kept. */
export const TargetTrial = z.strictObject({ layout: Layout, processing: ProcessingPatch }).partial()
export type TargetTrial = Readonly<z.infer<typeof TargetTrial>>

export const Target = z.object({
  id: z.string(),
  ...targetFields,
  layout: Layout,
  processing: Processing,
  /** `starting`: wanted, and waiting for its capture thread. */
  state: z.enum(['stopped', 'starting', 'running']),
  created_at: z.string(),
})
export type Target = Readonly<z.infer<typeof Target>>

/** One target's last second. */
export const TargetStats = z.object({
  target_id: z.string(),
  frames_in: z.int().describe('Frames the source gave.'),
  frames_out: z.int().describe('Frames sent, with those made between two pictures and those repeated.'),
  frames_dropped: z.int().describe('Frames replaced by a newer one before they were sent.'),
  packets_out: z.int(),
  send_errors: z.int(),
  frame_age_ms: z
    .number()
    .nullable()
    .describe('From the frame in hand to its packets given to the system, on average; null: none was sent.'),
  frame_age_max_ms: z.number().nullable(),
  processing_us: z
    .number()
    .nullable()
    .describe('Time on the processor to sample a frame, or to render colours of it, on average.'),
  processing_max_us: z.number().nullable(),
})
export type TargetStats = Readonly<z.infer<typeof TargetStats>>

export const TargetStatsAnswer = z.object({
  stats: TargetStats.nullable().describe('null while the target does not run.'),
})
