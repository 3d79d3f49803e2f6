import { parseMac } from './mac.ts'
import { boundText } from './text.ts'

const MAX_NAME_LENGTH = 64
const MAX_WORD_LENGTH = 32
const MAX_LED_COUNT = 65_535

/** What a WLED says of itself under `/json/info`. All text is neutralised and bounded. */
export interface WledInfo {
  readonly name: string
  readonly version: string
  /** 12 lower-case hex digits. */
  readonly mac: string | null
  readonly brand: string | null
  readonly product: string | null
  readonly led_count: number | null
  readonly rgbw: boolean
  /** UDP realtime and notifier, 21324 unless changed. */
  readonly udp_port: number | null
  /** True while somebody streams to it. */
  readonly live: boolean
  /** How it is driven: `DDP`, `E1.31`, `UDP` … */
  readonly live_mode: string | null
  /** By whom. */
  readonly live_ip: string | null
  /** How well it hears its access point; null for a wired one, and where it does not say. */
  readonly signal_percent: number | null
  readonly rssi_dbm: number | null
}

export interface ProbeRequest {
  /** An IP literal, checked by the caller: on a private network or loopback. */
  readonly address: string
  readonly port: number
  /** For the whole exchange, from connecting to the last byte. */
  readonly timeoutMs: number
}

/** Plain data, for a thread's boundary. `reason` is a phrase for people: `connection refused`. */
export type ProbeResult =
  | { readonly ok: true; readonly info: WledInfo }
  | { readonly ok: false; readonly reason: string }

/**
 * Reads the JSON of `/json/info`. What is missing or wrong becomes null: many builds exist, and not
 * one field is worth refusing a controller for.
 *
 * @throws TypeError when it has no version or no LEDs: that is not a WLED.
 */
export function parseWledInfo(value: unknown): WledInfo {
  const info = toFields(value)
  const leds = toFields(info?.leds)
  const version = toText(info?.ver, MAX_WORD_LENGTH)
  if (info === undefined || leds === undefined || version === null)
    throw new TypeError('not the info of a WLED')
  return {
    name: toText(info.name, MAX_NAME_LENGTH) ?? 'WLED',
    version,
    mac: (typeof info.mac === 'string' ? parseMac(info.mac) : undefined) ?? null,
    brand: toText(info.brand, MAX_WORD_LENGTH),
    product: toText(info.product, MAX_WORD_LENGTH),
    led_count: toInteger(leds.count, 0, MAX_LED_COUNT),
    rgbw: leds.rgbw === true,
    udp_port: toInteger(info.udpport, 1, 65_535),
    live: info.live === true,
    live_mode: toText(info.lm, MAX_WORD_LENGTH),
    live_ip: toText(info.lip, MAX_WORD_LENGTH),
    ...toSignal(toFields(info.wifi)),
  }
}

/** A wired WLED has the fields too: an access point without a name, and 0 dBm. */
function toSignal(
  wifi: Readonly<Record<string, unknown>> | undefined,
): Pick<WledInfo, 'signal_percent' | 'rssi_dbm'> {
  const rssi_dbm = toInteger(wifi?.rssi, -127, -1)
  return { signal_percent: rssi_dbm === null ? null : toInteger(wifi?.signal, 0, 100), rssi_dbm }
}

function toFields(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

/** Null for what is no text or says nothing. */
function toText(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string') return null
  const text = boundText(value, maxLength).trim()
  return text === '' ? null : text
}

function toInteger(value: unknown, min: number, max: number): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : null
}
