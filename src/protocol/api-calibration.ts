import { z } from 'zod'
import { MAX_LEDS } from './api-devices.ts'
import { Color } from './api-fields.ts'

const LedNumber = z
  .int()
  .min(0)
  .max(MAX_LEDS - 1)

/** What a strip shows while somebody looks where its LEDs are; all others are dark. */
export const CalibrationRequest = z.discriminatedUnion('show', [
  z.strictObject({
    show: z.literal('leds'),
    leds: z.array(LedNumber).min(1).max(MAX_LEDS).describe('Their numbers.'),
    color: Color.default('#ffffff'),
  }),
  z.strictObject({
    show: z.literal('edges'),
    colors: z
      .strictObject({
        top: Color.default('#ff0000'),
        right: Color.default('#00ff00'),
        bottom: Color.default('#0000ff'),
        left: Color.default('#ffff00'),
      })
      .prefault({})
      .describe('Of each edge; the first LED of the device is white.'),
  }),
  z.strictObject({ show: z.literal('all'), color: Color.default('#ffffff') }),
])
export type CalibrationRequest = Readonly<z.infer<typeof CalibrationRequest>>

export const CalibrationAnswer = z.object({
  target_id: z.string(),
  ends_at: z.string().describe('When it ends by itself, unless it is asked for again.'),
})
export type CalibrationAnswer = Readonly<z.infer<typeof CalibrationAnswer>>
