import { Fade } from './fade.ts'
import type { ChannelsPerLed } from './frame-encoder.ts'
import { Grading } from './grading.ts'
import type { LedLayout } from './layout.ts'
import type { PictureWindow } from './picture.ts'
import type { LayoutLight, PictureLight } from './picture-light.ts'
import { PowerLimit } from './power-limit.ts'
import type { LedProcessing } from './processing.ts'
import { Ditherer, roundValues } from './quantizing.ts'
import { Smoother } from './smoothing.ts'

export interface LedPlan {
  readonly layout: LedLayout
  readonly processing: LedProcessing
  readonly ledCount: number
  /** What is shown; others may show it too. */
  readonly picture: PictureLight
}

/**
 * From frames to the bytes of a device's LEDs. Frames are taken as they come, and rendered when a packet
 * may leave: smoothing, fades and dithering go on between two frames. Nothing is allocated per frame.
 */
export class LedPipeline {
  readonly channelsPerLed: ChannelsPerLed
  /** `channelsPerLed` bytes per LED, RGB or RGBW, in the order of the strip; what the last `render` made. */
  readonly colors: Uint8Array
  readonly #plan: LedPlan
  #window: PictureWindow
  #light: LayoutLight
  readonly #smoother: Smoother
  readonly #grading: Grading
  readonly #powerLimit: PowerLimit | undefined
  readonly #ditherer: Ditherer | undefined
  /** As `colors`, with fractions, as they were before the dithering. */
  readonly #values: Float32Array
  #fade: Fade | undefined
  /** What the last `render` made of them. */
  #shown: Float32Array | undefined
  #isDithering = false

  /**
   * @param before what showed the same LEDs until now: the light goes on from there without a jump.
   * @param nowMs the time now, on the clock of `take` and `render`.
   */
  constructor(plan: LedPlan, before?: LedPipeline, nowMs = 0) {
    const { layout, processing, ledCount, picture } = plan
    const smoother = before === undefined ? undefined : before.#smoother
    const grading = before === undefined ? undefined : before.#grading
    this.#plan = plan
    this.#window = picture.window(processing.skip_black_bars)
    this.#light = picture.of(layout, ledCount, this.#window)
    this.#smoother = new Smoother(ledCount * 3, processing.smoothing_ms, smoother)
    this.#grading = new Grading(processing, ledCount, grading)
    this.channelsPerLed = this.#grading.channelsPerLed
    const { power_limit_ma: limitMa, led_ma, dithering } = processing
    this.#powerLimit = limitMa === null ? undefined : new PowerLimit(limitMa, led_ma, ledCount)
    this.colors = new Uint8Array(ledCount * this.channelsPerLed)
    this.#values = new Float32Array(this.colors.length)
    this.#ditherer = dithering ? new Ditherer(this.colors.length) : undefined
    const shown = before === undefined ? undefined : before.#shown
    if (shown?.length !== this.#values.length) return
    // Until this one has rendered, what the one before showed is what is seen.
    this.#shown = shown
    this.#fade = new Fade(shown, nowMs)
  }

  /** Whether `colors` will change by time alone: then `render` again. */
  get isMoving(): boolean {
    return this.#smoother.isMoving || this.#fade !== undefined || this.#isDithering
  }

  /** Takes over what the picture shows now. */
  take(nowMs: number): void {
    const { picture, processing } = this.#plan
    const window = picture.window(processing.skip_black_bars)
    if (window !== this.#window) this.#lookElsewhere(window, nowMs)
    // What was moving moved towards the frame before until now.
    this.#smoother.advance(nowMs)
    picture.read(this.#light, this.#smoother.aim)
    this.#smoother.aimed()
  }

  /** Overwrites `colors` until the next `render` with 3 bytes RGB per LED; other lengths change nothing. */
  replaceColors(rgb: Uint8Array): void {
    const step = this.channelsPerLed
    if (rgb.length !== (this.colors.length / step) * 3) return
    this.colors.fill(0)
    for (let i = 0; i < rgb.length; i += 1) this.colors[Math.floor(i / 3) * step + (i % 3)] = rgb[i] ?? 0
  }

  #lookElsewhere(window: PictureWindow, nowMs: number): void {
    const { layout, ledCount, picture } = this.#plan
    this.#window = window
    this.#light = picture.of(layout, ledCount, window)
    if (this.#shown) this.#fade = new Fade(this.#shown, nowMs)
  }

  /** Writes `colors` as they are at this moment. */
  render(nowMs: number): void {
    this.#smoother.advance(nowMs)
    this.#grading.grade(this.#smoother.shown, this.#values)
    if (this.#fade?.isOver(nowMs)) this.#fade = undefined
    this.#fade?.apply(this.#values, nowMs)
    this.#powerLimit?.apply(this.#values)
    if (this.#ditherer) this.#isDithering = this.#ditherer.dither(this.#values, this.colors)
    else roundValues(this.#values, this.colors)
    this.#shown = this.#values
  }
}
