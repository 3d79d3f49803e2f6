import type { DdpPacket } from './ddp-packet.ts'
import { FrameCounter } from './frame-counter.ts'
import type { RealtimePacket } from './realtime-packet.ts'

/** WLED's default for protocols whose packets carry no timeout. */
const DDP_TIMEOUT_MS = 2_500
/** Network frames are shown only when the last show is longer ago than this: at most about 66 a second. */
const SHOW_GATE_MS = 15
const BOOT_BRIGHTNESS = 128
/** WLED's orange. */
const BOOT_COLOR: Rgb = [255, 160, 0]
const CHANNELS = 4

export type Rgb = readonly [red: number, green: number, blue: number]
/** `GENERIC` is realtime entered by JSON; WLED gives it no name. */
export type RealtimeMode = 'DDP' | 'UDP' | 'GENERIC'

/** Who is driving the strip. */
export interface RealtimeSession {
  readonly mode: RealtimeMode
  /** Address of the sender; empty where nobody sends. */
  readonly sender: string
}

/** What a client wants changed; what is left out stays. */
export interface StatePatch {
  readonly power?: 'on' | 'off' | 'toggle'
  /** 0-255; 0 turns off and keeps the brightness for the next time. */
  readonly brightness?: number
  readonly color?: Rgb
  /** True enters realtime for ever, false leaves it. */
  readonly live?: boolean
}

export interface LedStripOptions {
  readonly ledCount: number
  readonly nowMs: () => number
}

interface Session extends RealtimeSession {
  readonly endsMs: number
  /** DDP: whether a PUSH came since realtime began. */
  readonly hasPushed: boolean
}

/**
 * The light of a WLED: its own state, realtime over it, and what is shown at this moment. No sockets and
 * no timers: call `tick` at `nextTickMs`.
 *
 * WLED's option "force max brightness" is taken as set: realtime colours are shown as they were sent.
 */
export class LedStrip {
  readonly ledCount: number
  readonly #nowMs: () => number
  /** RGBW as received; becomes visible with the next show. */
  readonly #pixels: Uint8Array
  readonly #shown: Uint8Array
  readonly #frames: FrameCounter
  #isOn = true
  #brightness = BOOT_BRIGHTNESS
  #color: Rgb = BOOT_COLOR
  #session: Session | undefined
  #lastShowMs = Number.NEGATIVE_INFINITY
  #hasNewData = false

  constructor({ ledCount, nowMs }: LedStripOptions) {
    this.ledCount = ledCount
    this.#nowMs = nowMs
    this.#pixels = new Uint8Array(ledCount * CHANNELS)
    this.#shown = new Uint8Array(ledCount * 3)
    this.#frames = new FrameCounter(nowMs)
    this.#showOwnState()
  }

  get isOn(): boolean {
    return this.#isOn
  }

  /** 1-255. */
  get brightness(): number {
    return this.#brightness
  }

  get color(): Rgb {
    return this.#color
  }

  get realtime(): RealtimeSession | undefined {
    return this.#session
  }

  /** 3 bytes per LED, RGB: what the LEDs show now, after brightness. Changes with the next show. */
  get shown(): Uint8Array {
    return this.#shown
  }

  get fps(): number {
    return this.#frames.fps
  }

  /** When `tick` has something to do next, on the clock of `nowMs`; undefined: nothing is due. */
  get nextTickMs(): number | undefined {
    const ends = this.#session?.endsMs ?? Number.POSITIVE_INFINITY
    const shows = this.#hasNewData ? this.#lastShowMs + SHOW_GATE_MS : Number.POSITIVE_INFINITY
    const next = Math.min(ends, shows)
    return Number.isFinite(next) ? next : undefined
  }

  /** As after power came back. */
  boot(): void {
    this.#isOn = true
    this.#brightness = BOOT_BRIGHTNESS
    this.#color = BOOT_COLOR
    this.#session = undefined
    this.#showOwnState()
  }

  /** Shows what waited behind the gate, and leaves realtime when its time is up. */
  tick(): void {
    const now = this.#nowMs()
    if (this.#hasNewData && now - this.#lastShowMs > SHOW_GATE_MS) this.#show()
    if (this.#session !== undefined && now > this.#session.endsMs) this.#leaveRealtime()
  }

  /**
   * Until the first PUSH of a session every packet asks for a show, afterwards only one with PUSH does;
   * both wait for the gate.
   */
  takeDdp(packet: DdpPacket, sender: string): void {
    const hasPushed = packet.isPush || (this.#session?.mode === 'DDP' && this.#session.hasPushed)
    this.#enterRealtime({ mode: 'DDP', sender, hasPushed }, DDP_TIMEOUT_MS)
    this.#writeRun(packet.startLed, packet.channelsPerLed, packet.data)
    if (packet.isPush || !hasPushed) this.#hasNewData = true
    this.tick()
  }

  /** Every packet is shown at once. */
  takeRealtime(packet: RealtimePacket, sender: string): void {
    if (packet.kind === 'leave') {
      this.#leaveRealtime()
      return
    }
    this.#enterRealtime({ mode: 'UDP', sender, hasPushed: false }, packet.timeoutMs)
    if (packet.kind === 'run') this.#writeRun(packet.startLed, packet.channelsPerLed, packet.data)
    else this.#writeIndexed(packet.data)
    this.#show()
  }

  setState(patch: StatePatch): void {
    const wasOn = this.#isOn
    if (patch.brightness !== undefined) {
      this.#isOn = patch.brightness > 0
      if (patch.brightness > 0) this.#brightness = patch.brightness
    }
    if (patch.power === 'on') this.#isOn = true
    if (patch.power === 'off') this.#isOn = false
    // A brightness that has just turned it on is not toggled off again.
    if (patch.power === 'toggle' && (wasOn || !this.#isOn)) this.#isOn = !this.#isOn
    if (patch.color !== undefined) this.#color = patch.color
    this.#setLive(patch.live)
    if (this.#session === undefined) this.#showOwnState()
  }

  #setLive(live: boolean | undefined): void {
    if (live === false) this.#leaveRealtime()
    if (live !== true) return
    this.#enterRealtime({ mode: 'GENERIC', sender: '', hasPushed: false }, Number.POSITIVE_INFINITY)
    this.#show()
  }

  #enterRealtime(session: Omit<Session, 'endsMs'>, timeoutMs: number): void {
    if (this.#session === undefined) this.#pixels.fill(0)
    // Once for ever stays for ever, also for later packets with a timeout (`wled: realtimeLock`).
    const isForEver = this.#session?.endsMs === Number.POSITIVE_INFINITY
    this.#session = {
      ...session,
      endsMs: isForEver ? Number.POSITIVE_INFINITY : this.#nowMs() + timeoutMs,
    }
  }

  #leaveRealtime(): void {
    if (this.#session === undefined) return
    this.#session = undefined
    this.#showOwnState()
  }

  #writeRun(startLed: number, channelsPerLed: 3 | 4, data: Uint8Array): void {
    const ledsInData = data.length / channelsPerLed
    const leds = Math.min(ledsInData, this.ledCount - startLed)
    for (let i = 0; i < leds; i += 1) this.#writePixel(startLed + i, data, i * channelsPerLed, channelsPerLed)
  }

  #writeIndexed(data: Uint8Array): void {
    for (let i = 0; i < data.length; i += 4) {
      const led = data[i] ?? 0
      if (led < this.ledCount) this.#writePixel(led, data, i + 1, 3)
    }
  }

  #writePixel(led: number, data: Uint8Array, offset: number, channels: 3 | 4): void {
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      this.#pixels[led * CHANNELS + channel] = channel < channels ? (data[offset + channel] ?? 0) : 0
    }
  }

  #showOwnState(): void {
    const pixel = [...this.#color, 0]
    for (let led = 0; led < this.ledCount; led += 1) this.#pixels.set(pixel, led * CHANNELS)
    this.#show()
  }

  #show(): void {
    const brightness = this.#session !== undefined ? 255 : this.#isOn ? this.#brightness : 0
    for (let led = 0; led < this.ledCount; led += 1) {
      const white = this.#pixels[led * CHANNELS + 3] ?? 0
      for (let channel = 0; channel < 3; channel += 1) {
        // White is folded into the colours, as WLED's preview does.
        const value = Math.min(255, (this.#pixels[led * CHANNELS + channel] ?? 0) + white)
        this.#shown[led * 3 + channel] = (value * (1 + brightness)) >> 8
      }
    }
    this.#hasNewData = false
    this.#lastShowMs = this.#nowMs()
    this.#frames.count()
  }
}
