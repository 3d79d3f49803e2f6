import type { RawData } from 'ws'
import { LedGrabError } from '../errors.ts'
import { ClientMessage } from '../protocol/client-messages.ts'

/**
 * A message of a client, out of anything.
 *
 * @throws `LG_REQUEST_INVALID`, naming the field
 */
export function parseMessage(data: RawData, isBinary: boolean): ClientMessage {
  if (isBinary) throw new LedGrabError('LG_REQUEST_INVALID', 'messages are JSON text, not binary')
  let raw: unknown
  try {
    raw = JSON.parse(String(data))
  } catch (cause) {
    throw new LedGrabError('LG_REQUEST_INVALID', 'the message is not JSON', { cause })
  }
  const parsed = ClientMessage.safeParse(raw)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') || 'type'
  throw new LedGrabError('LG_REQUEST_INVALID', `${field}: ${issue?.message ?? 'invalid'}`, { field })
}
