const SECOND_MS = 1_000
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400 * SECOND_MS],
  ['hour', 3_600 * SECOND_MS],
  ['minute', 60 * SECOND_MS],
  ['second', SECOND_MS],
]

/** Times as people of a language write them, in this machine's zone. */
export class TimeFormat {
  readonly #relative: Intl.RelativeTimeFormat
  readonly #clock: Intl.DateTimeFormat
  readonly #exact: Intl.DateTimeFormat
  readonly #short: Intl.DateTimeFormat
  readonly #day: Intl.DateTimeFormat
  readonly #number: Intl.NumberFormat
  readonly #locale: string

  constructor(language: string) {
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
    this.#clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' })
    this.#exact = new Intl.DateTimeFormat(language, {
      dateStyle: 'full',
      timeStyle: 'long',
    })
    this.#short = new Intl.DateTimeFormat(language, {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    })
    this.#day = new Intl.DateTimeFormat(language, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
    })
    this.#number = new Intl.NumberFormat(language)
    this.#locale = language
  }

  /** `3 min. ago`; what is a day old or older is told in days. */
  ago(ms: number, nowMs: number): string {
    const pastMs = Math.max(0, nowMs - ms)
    const [unit, unitMs] = UNITS.find(([, size]) => pastMs >= size) ?? ['second', SECOND_MS]
    return this.#relative.format(-Math.floor(pastMs / unitMs), unit)
  }

  /** `23:58:09` */
  clock(ms: number): string {
    return this.#clock.format(ms)
  }

  /** Day, month, hour and minute. */
  short(ms: number): string {
    return this.#short.format(ms)
  }

  /** Date, time to the second and zone. */
  exact(ms: number): string {
    return this.#exact.format(ms)
  }

  /** `Today`, `Yesterday`, or the date. */
  day(ms: number, nowMs: number): string {
    const days = Math.round((startOfDay(nowMs) - startOfDay(ms)) / 86_400_000)
    if (days !== 0 && days !== 1) return this.#day.format(ms)
    const word = new Intl.RelativeTimeFormat(this.#relative.resolvedOptions().locale, { numeric: 'auto' })
    const text = word.format(-days, 'day')
    return text.charAt(0).toLocaleUpperCase() + text.slice(1)
  }

  number(value: number): string {
    return this.#number.format(value)
  }

  /** With exactly so many digits after the point. */
  decimal(value: number, digits: number): string {
    return new Intl.NumberFormat(this.#locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value)
  }

  /** `120 ms` */
  milliseconds(value: number): string {
    return new Intl.NumberFormat(this.#locale, { style: 'unit', unit: 'millisecond' }).format(value)
  }
}

/** Midnight before `ms`, local time. */
export function startOfDay(ms: number): number {
  const date = new Date(ms)
  date.setHours(0, 0, 0, 0)
  return date.getTime()
}

/** `YYYY-MM-DDTHH:MM` in local time, as an `<input type="datetime-local">` has it. */
export function toLocalInput(ms: number): string {
  const date = new Date(ms)
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

/** The moment an `<input type="datetime-local">` names; undefined when it is empty. */
export function fromLocalInput(text: string): number | undefined {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
