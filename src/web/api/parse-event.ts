import { SERVER_EVENT_TYPES, type ServerEvent } from '../../protocol/server-events.ts'

/** An event off the socket; undefined for what this page does not know: a newer server's. */
export function parseServerEvent(data: unknown): ServerEvent | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const event: unknown = JSON.parse(data)
    if (typeof event !== 'object' || event === null || !('type' in event)) return undefined
    const isKnown = SERVER_EVENT_TYPES.some((type) => type === event.type)
    return isKnown ? (event as ServerEvent) : undefined
  } catch {
    return undefined
  }
}
