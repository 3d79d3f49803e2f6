import { ColorSorter } from '../../../src/led/color-order.ts'
import type { FrameEncoder } from '../../../src/led/frame-encoder.ts'
import type { TargetPlan } from '../../../src/protocol/worker-messages.ts'
import { createEncoder, toChannelsPerLed } from './create-encoder.ts'
import { createLink } from './create-link.ts'
import type { Link, LinkCounts, LinkEvents } from './link.ts'

/** So long a goodbye may take to leave. */
const GOODBYE_DEADLINE_MS = 200

/**
 * The way from a target's colours to its controller, whatever the protocol: an encoder that makes
 * packets and a link that carries them. No frame allocates a buffer.
 */
export class Output {
  readonly #link: Link
  readonly #onIdle: () => void
  #colors: Uint8Array
  #sorter: ColorSorter
  #encoder: FrameEncoder
  #hasSent = false
  #onQuiet: (() => void) | undefined

  /**
   * @param colors what `send` sends, 3 or 4 bytes per LED.
   * @param firstSequence goes on from another output's `nextSequence`; undefined: a new stream.
   */
  constructor(device: TargetPlan['device'], colors: Uint8Array, events: LinkEvents, firstSequence?: number) {
    this.#onIdle = events.onIdle
    this.#colors = colors
    this.#sorter = toSorter(device, colors)
    this.#encoder = createEncoder(device, this.#sorter.sorted, firstSequence)
    this.#link = createLink(device, { onIdle: () => this.#idle(), onTrouble: events.onTrouble })
  }

  get isBusy(): boolean {
    return this.#link.isBusy
  }

  get nextSequence(): number {
    return this.#encoder.nextSequence
  }

  open(): Promise<void> {
    return this.#link.open()
  }

  /** From now on `colors` is sent; for a device that differs in nothing the link depends on. */
  use(device: TargetPlan['device'], colors: Uint8Array): void {
    this.#colors = colors
    this.#sorter = toSorter(device, colors)
    this.#encoder = createEncoder(device, this.#sorter.sorted, this.nextSequence)
  }

  send(): void {
    this.#hasSent = true
    this.#sorter.sort()
    this.#link.send(this.#encoder.encode())
  }

  takeCounts(): LinkCounts {
    return this.#link.takeCounts()
  }

  /** Breaks off: the controller keeps what it shows until its timeout, or another output goes on. */
  async close(): Promise<void> {
    this.#onQuiet?.()
    await this.#link.close()
  }

  /**
   * Ends the stream in the way of its protocol, at most 0.2 s a step, and closes.
   *
   * @param isDark sends black first, for controllers that would keep the last colours.
   */
  async end(isDark: boolean): Promise<void> {
    if (this.#hasSent) {
      await this.#untilQuiet()
      if (isDark && !this.isBusy) {
        this.#colors.fill(0)
        this.send()
        await this.#untilQuiet()
      }
      if (!this.isBusy) this.#link.send(this.#encoder.toGoodbye())
      await this.#untilQuiet()
    }
    await this.close()
  }

  #idle(): void {
    this.#onQuiet?.()
    this.#onIdle()
  }

  async #untilQuiet(): Promise<void> {
    if (!this.isBusy) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GOODBYE_DEADLINE_MS)
      this.#onQuiet = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#onQuiet = undefined
  }
}

function toSorter({ led_count, output }: TargetPlan['device'], colors: Uint8Array): ColorSorter {
  const order = output.kind === 'realtime' ? 'rgb' : output.color_order
  return new ColorSorter(colors, order, toChannelsPerLed(led_count, colors))
}
