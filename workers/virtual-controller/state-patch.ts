import type { Rgb, StatePatch } from './led-strip.ts'

/** A state a client posted, and whether it wants the new one back. */
export interface PostedState {
  readonly patch: StatePatch
  readonly wantsState: boolean
}

/**
 * Reads the body of `POST /json/state`. Keys that are unknown or of the wrong type are ignored, as WLED
 * does; undefined when the body is not a JSON object.
 */
export function parsePostedState(body: string): PostedState | undefined {
  const root = parseJsonObject(body)
  if (root === undefined) return undefined
  const power = toPower(root.on)
  const color = toColor(root.seg)
  return {
    patch: {
      ...(power !== undefined && { power }),
      ...(isByte(root.bri) && { brightness: root.bri }),
      ...(color !== undefined && { color }),
      ...(typeof root.live === 'boolean' && { live: root.live }),
    },
    wantsState: root.v === true,
  }
}

function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function toPower(on: unknown): StatePatch['power'] {
  if (typeof on === 'boolean') return on ? 'on' : 'off'
  return typeof on === 'string' && on.startsWith('t') ? 'toggle' : undefined
}

/** The primary colour of the first segment, which is all there is: `{"seg":{"col":[[255,0,0]]}}`. */
function toColor(seg: unknown): Rgb | undefined {
  const segment: unknown = Array.isArray(seg) ? seg[0] : seg
  if (!isObject(segment) || !Array.isArray(segment.col)) return undefined
  const primary: unknown = segment.col[0]
  if (!Array.isArray(primary)) return undefined
  const [red, green, blue]: readonly unknown[] = primary
  return isByte(red) && isByte(green) && isByte(blue) ? [red, green, blue] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255
}
