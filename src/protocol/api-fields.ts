import { z } from 'zod'
import { neutralizeText } from './text.ts'

/** Names people give: shown in entries, so free of controls, and short. */
export const Name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200, 'must have at most 200 characters')
  .refine((name) => neutralizeText(name) === name, 'must not contain control characters')

export const EntityId = z.string().min(1).max(64)

/** sRGB. */
export const Color = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #ff8000')
  .toLowerCase()

/** A UDP or TCP port somebody listens on. */
export const Port = z.int().min(1).max(65_535)

/** Decimal digits only: `z.coerce.number()` would also take `0x10`, `1e3` and an empty text. */
export function decimal(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number in decimal digits')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
}

/** A query parameter that repeats (`a=1&a=2`) or lists (`a=1,2`). */
export function list<T extends z.ZodType<unknown, string>>(item: T) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((value) => (Array.isArray(value) ? value : [value]).flatMap((text) => text.split(',')))
    .pipe(z.array(item).max(64))
}

/** ISO 8601 with a zone, as milliseconds since 1970. */
export const InstantMs = z.iso
  .datetime({ offset: true, error: 'must be ISO 8601 with a zone' })
  .transform((text) => Date.parse(text))

/** The one shape of every error answer. */
export const ErrorBody = z.object({
  code: z.string(),
  message: z.string(),
  /** The field or parameter at fault. */
  field: z.string().optional(),
})
