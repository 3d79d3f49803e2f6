import { z } from 'zod'
import { Color, Name } from './api-fields.ts'
import { isVideoLocation, VIDEO_SCHEMES } from './video-location.ts'

const MAX_SIDE_PX = 16_384
const Fps = z.int().min(1).max(60).describe('Frames per second.')
const Side = z.int().min(1).max(MAX_SIDE_PX)
const Offset = z
  .int()
  .min(0)
  .max(MAX_SIDE_PX - 1)

/** What captures a screen. The names are those of ffmpeg, but for the last. */
export const SCREEN_BACKENDS = [
  'auto',
  'x11grab',
  'kmsgrab',
  'ddagrab',
  'gdigrab',
  'avfoundation',
  'node-screenshots',
] as const
export type ScreenBackend = (typeof SCREEN_BACKENDS)[number]

export const EFFECTS = ['rainbow', 'breathe', 'fire', 'chase'] as const
export type EffectName = (typeof EFFECTS)[number]

const fields = {
  fps: Fps,
  display: z
    .string()
    .regex(
      /^([A-Za-z0-9.-]*:\d{1,5}(\.\d{1,3})?|\d{1,2})$/,
      'must be an X11 display such as :0 or :0.0, or the number of a screen',
    )
    .nullable()
    .describe('X11 display such as :0.0, elsewhere the number of the screen; null: the usual one.'),
  region: z
    .strictObject({ left: Offset, top: Offset, width: Side, height: Side })
    .nullable()
    .describe('The part of the screen to look at, in pixels; null: all of it.'),
  backend: z.enum(SCREEN_BACKENDS).describe('auto: what fits the system.'),
  device: z
    .string()
    .regex(
      /^\/dev\/(video\d{1,3}|v4l\/by-(id|path)\/[A-Za-z0-9._:+-]{1,200})$/,
      'must be a camera such as /dev/video0',
    )
    .describe('Camera such as /dev/video0.'),
  size: z
    .strictObject({ width: Side, height: Side })
    .nullable()
    .describe('What to ask the camera for, in pixels; null: its own choice.'),
  location: z
    .string()
    .trim()
    .min(1)
    .max(2_048)
    .refine(
      isVideoLocation,
      `must be the absolute path of a file, or an address of ${VIDEO_SCHEMES.join(', ')}`,
    )
    .describe('Absolute path of a file on the server, or an http, https, rtsp or rtmp address.'),
  loop: z.boolean().describe('Whether a file begins anew at its end.'),
  color: Color,
  stops: z
    .array(z.strictObject({ at: z.number().min(0).max(1), color: Color }))
    .min(2)
    .max(16)
    .describe('Colours on the way from one side of the picture to the other.'),
  angle_degrees: z
    .number()
    .min(0)
    .max(360)
    .describe('Where the way leads: 0 to the right, 90 down, clockwise.'),
  effect: z.enum(EFFECTS),
  speed: z.number().min(0.05).max(10).describe('1 is the usual speed, 2 twice as fast.'),
  colors: z
    .array(Color)
    .min(1)
    .max(8)
    .describe('What breathe and chase use in turn; the others have their own.'),
} as const

/** Defaults where there are; what has none must be given. */
const settings = {
  testcard: { fps: fields.fps.default(30) },
  screen: {
    display: fields.display.default(null),
    region: fields.region.default(null),
    backend: fields.backend.default('auto'),
    fps: fields.fps.default(60),
  },
  camera: {
    device: fields.device.default('/dev/video0'),
    size: fields.size.default(null),
    fps: fields.fps.default(30),
  },
  video: { location: fields.location, loop: fields.loop.default(true), fps: fields.fps.default(30) },
  color: { color: fields.color },
  gradient: { stops: fields.stops, angle_degrees: fields.angle_degrees.default(0) },
  effect: {
    effect: fields.effect,
    speed: fields.speed.default(1),
    colors: fields.colors.default(['#ff8000', '#0080ff']),
    fps: fields.fps.default(30),
  },
} as const

export const SOURCE_TYPES = Object.keys(settings) as readonly (keyof typeof settings)[]
export type SourceType = keyof typeof settings

/** What gives frames, complete. */
export const SourceSettings = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('testcard'), ...settings.testcard }),
  z.strictObject({ type: z.literal('screen'), ...settings.screen }),
  z.strictObject({ type: z.literal('camera'), ...settings.camera }),
  z.strictObject({ type: z.literal('video'), ...settings.video }),
  z.strictObject({ type: z.literal('color'), ...settings.color }),
  z.strictObject({ type: z.literal('gradient'), ...settings.gradient }),
  z.strictObject({ type: z.literal('effect'), ...settings.effect }),
])
export type SourceSettings = Readonly<z.infer<typeof SourceSettings>>
export type SettingsOfSource<T extends SourceType> = Extract<SourceSettings, { type: T }>

const [Testcard, Screen, Camera, Video, PlainColor, Gradient, Effect] = SourceSettings.options

export const SourceCreate = z.discriminatedUnion('type', [
  Testcard.extend({ name: Name }),
  Screen.extend({ name: Name }),
  Camera.extend({ name: Name }),
  Video.extend({ name: Name }),
  PlainColor.extend({ name: Name }),
  Gradient.extend({ name: Name }),
  Effect.extend({ name: Name }),
])
export type SourceCreate = z.infer<typeof SourceCreate>
/** As a caller may write it: with what has a default left out. */
export type SourceInput = z.input<typeof SourceCreate>

/** Any settings of its type; the type itself stays what it is: make a new source instead. */
export const SourceUpdate = z.strictObject({ name: Name, ...fields }).partial()
export type SourceUpdate = z.infer<typeof SourceUpdate>

const kept = { id: z.string(), name: z.string(), created_at: z.string() }

export const Source = z.discriminatedUnion('type', [
  Testcard.extend(kept),
  Screen.extend(kept),
  Camera.extend(kept),
  Video.extend(kept),
  PlainColor.extend(kept),
  Gradient.extend(kept),
  Effect.extend(kept),
])
export type Source = Readonly<z.infer<typeof Source>>

/** `ended`: a video that does not begin anew has been shown. */
export const CAPTURE_STATES = ['closed', 'starting', 'delivering', 'failed', 'ended'] as const

export const SourceCapture = z.object({
  state: z
    .enum(CAPTURE_STATES)
    .describe('closed: no light needs it; failed: it is tried again; ended: a video has been shown.'),
  since: z.string().nullable().describe('When that began; null while it is closed.'),
  reason: z.string().nullable().describe('Why there are no pictures.'),
})
export type SourceCapture = Readonly<z.infer<typeof SourceCapture>>

const shown = { ...kept, capture: SourceCapture }

/** A source as the API shows it: with what its capture tells. */
export const SourceWithCapture = z.discriminatedUnion('type', [
  Testcard.extend(shown),
  Screen.extend(shown),
  Camera.extend(shown),
  Video.extend(shown),
  PlainColor.extend(shown),
  Gradient.extend(shown),
  Effect.extend(shown),
])
export type SourceWithCapture = Readonly<z.infer<typeof SourceWithCapture>>
