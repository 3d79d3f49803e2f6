import type { z } from 'zod'
import { LedGrabError } from '../errors.ts'
import { neutralizeText } from '../protocol/text.ts'
import { notLedGrab } from './api-client.ts'

interface Named {
  readonly id: string
  readonly name: string
}

/** What a person meant by a name or an id; a name belongs to one thing only. @throws `LG_CLI_FAILED` */
export function findNamed<T extends Named>(items: readonly T[], wanted: string, noun: string): T {
  const found = items.find(({ name }) => name === wanted) ?? items.find(({ id }) => id === wanted)
  if (found) return found
  throw new LedGrabError(
    'LG_CLI_FAILED',
    `there is no ${noun} "${neutralizeText(wanted)}"; see ledgrab ${noun}s list`,
  )
}

/** An answer of the server as what it should be. @throws `LG_CLI_FAILED` when something else answers there. */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw notLedGrab(parsed.error)
}
