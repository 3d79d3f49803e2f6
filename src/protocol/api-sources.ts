import { z } from 'zod'
import { Name } from './api-fields.ts'

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
