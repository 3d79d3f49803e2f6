import { z } from 'zod'
import { Name } from './api-fields.ts'
import { ROLES } from './server-events.ts'

export const KeyCreate = z.strictObject({
  /** What entries call whoever uses the key. */
  label: Name,
  role: z.enum(ROLES),
})
export type KeyCreate = z.infer<typeof KeyCreate>

/** A key just made: the only time its text is told. */
export const NewKey = z.object({
  id: z.string(),
  label: z.string(),
  role: z.enum(ROLES),
  key: z.string(),
  created_at: z.string(),
})
export type NewKey = z.infer<typeof NewKey>

/** A key as the API shows it: never its text nor its hash. */
export const ListedKey = z.object({
  id: z.string(),
  label: z.string(),
  role: z.enum(ROLES),
  created_at: z.string(),
})
export type ListedKey = z.infer<typeof ListedKey>
