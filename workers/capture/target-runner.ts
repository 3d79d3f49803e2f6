import type { ChannelsPerLed } from '../../src/led/frame-encoder.ts'
import { LedPipeline } from '../../src/led/led-pipeline.ts'
import type { PictureLight } from '../../src/led/picture-light.ts'
import type { DeviceType } from '../../src/protocol/device-settings.ts'
import type { TargetPlan, TargetStats } from '../../src/protocol/worker-messages.ts'
import { FrameRhythm } from './frame-rhythm.ts'
import { Output } from './output/output.ts'
import { Pacer } from './pacer.ts'
import { TargetCounts } from './target-counts.ts'
import type { Turns } from './turns.ts'

/** Unchanged colours are repeated this often: receivers leave realtime after 2.5 s of silence. */
const REPEAT_MS = 1_000
/**
 * So long the last colours are held when the source goes silent: enough to restart a capture without
 * a dark moment. Then the controller goes back to its own light.
 */
const HOLD_MS = 10_000
const MIN_PREVIEW_INTERVAL_MS = 1_000 / 15

/** Controllers that would show the last colours for ever: the others have a light of their own. */
const ENDS_DARK: readonly DeviceType[] = ['e131', 'artnet', 'opc', 'adalight']

/** What a runner shares with the others of its source. */
export interface RunnerContext {
  readonly picture: PictureLight
  readonly turns: Turns
  readonly onPreview: (targetId: string, rgb: Uint8Array) => void
  /** The way to the controller cannot be used for this reason; undefined: it can again. */
  readonly onTrouble: (plan: TargetPlan, reason: string | undefined) => void
}

/**
 * One controller's stream: the newest frame as LED colours, at the controller's pace and in its protocol.
 * Nothing queues: a frame that has to wait is replaced by the next one. No frame allocates a buffer.
 */
export class TargetRunner {
  readonly #context: RunnerContext
  readonly #output: Output
  #plan: TargetPlan
  #pipeline: LedPipeline
  #pacer: Pacer
  /** What the controller was last sent, before the encoding; meaningless until `#hasSent`. */
  #sent: Uint8Array
  #hasSent = false
  /** Something is to be rendered. */
  #isDue = false
  /** A frame of the source waits to be. */
  #isPending = false
  #lastFrameMs = Number.NEGATIVE_INFINITY
  readonly #rhythm = new FrameRhythm()
  /** What was sent is to be sent again, changed or not. */
  #isRepeatDue = false
  #lastPreviewMs = 0
  #isWatched = false
  #isClosed = false
  #repeat: NodeJS.Timeout | undefined
  readonly #counts = new TargetCounts()

  /** @param before a runner whose stream to the same controller this one goes on with. */
  constructor(plan: TargetPlan, context: RunnerContext, before?: TargetRunner) {
    this.#context = context
    this.#plan = plan
    this.#pipeline = this.#toPipeline(before === undefined ? undefined : before.#pipeline)
    this.#pacer = new Pacer(plan.device.led_count)
    this.#sent = new Uint8Array(this.#pipeline.colors.length)
    const linkEvents = {
      onIdle: () => this.#sendWhenDue(),
      onTrouble: (reason: string | undefined) => context.onTrouble(this.#plan, reason),
    }
    const firstSequence = before?.nextSequence ?? plan.first_sequence
    this.#output = new Output(plan.device, this.#pipeline.colors, linkEvents, firstSequence)
  }

  get plan(): TargetPlan {
    return this.#plan
  }

  /** Where its stream is, for whoever goes on with it. */
  get nextSequence(): number {
    return this.#output.nextSequence
  }

  async open(): Promise<void> {
    await this.#output.open()
    this.#renderAnew()
  }

  /** A new plan that the same link can serve; the light goes over to it without a jump. */
  update(plan: TargetPlan): void {
    // A device goes on at its pace, however often its settings change.
    const hadTestColors = this.#plan.calibration !== null
    if (plan.device.led_count !== this.#plan.device.led_count) this.#pacer = new Pacer(plan.device.led_count)
    this.#plan = plan
    this.#pipeline = this.#toPipeline(this.#pipeline)
    this.#output.use(plan.device, this.#pipeline.colors)
    this.#sent = new Uint8Array(this.#pipeline.colors.length)
    this.#hasSent = false
    this.#isPending = false
    this.#renderAnew()
    if (hadTestColors && plan.calibration === null && this.#isStale(performance.now())) this.#goDark()
  }

  /** Test colours need no picture. */
  #renderAnew(): void {
    if (this.#plan.calibration === null) return
    this.#isDue = true
    this.#sendWhenDue()
  }

  /** Shows a new frame. @param frameMs when the source had it in hand */
  takeFrame(replaced: number, frameMs: number): void {
    this.#counts.framesIn(1 + replaced, replaced + (this.#isPending ? 1 : 0))
    this.#isPending = true
    this.#rhythm.note(frameMs)
    this.show(frameMs)
  }

  /** Shows the frame there is, which need not be a new one. */
  show(frameMs: number): void {
    const nowMs = performance.now()
    if (nowMs - frameMs > HOLD_MS) return
    this.#lastFrameMs = frameMs
    this.#pipeline.take(nowMs)
    this.#counts.worked(performance.now() - nowMs)
    this.#isDue = true
    this.#sendWhenDue()
  }

  /** Whether somebody looks: the colours as sent are passed on, at most 15 times a second. */
  watch(isWatched: boolean): void {
    const isNew = isWatched && !this.#isWatched
    this.#isWatched = isWatched
    if (isNew && this.#hasSent) this.#preview(performance.now())
  }

  /** What happened since the last call. */
  takeStats(): TargetStats {
    return this.#counts.take(this.#plan.target_id, this.#output.takeCounts())
  }

  /** Sends nothing more from now on, not even that it ends: another runner goes on. */
  async close(): Promise<void> {
    this.#halt()
    await this.#output.close()
  }

  /** Ends the stream as its protocol says it; at most 0.6 s. */
  async end(): Promise<void> {
    this.#halt()
    await this.#output.end(ENDS_DARK.includes(this.#plan.device.type))
  }

  #halt(): void {
    this.#isClosed = true
    this.#context.turns.clear(this.#sendWhenDue)
    clearTimeout(this.#repeat)
  }

  readonly #sendWhenDue = (): void => {
    // When the sender is done it calls this again.
    if (!this.#isDue || this.#isClosed || this.#output.isBusy) return
    const { turns } = this.#context
    const nowMs = performance.now()
    const waitMs = this.#pacer.waitMs(nowMs)
    if (waitMs > 0) {
      turns.set(this.#sendWhenDue, nowMs + waitMs)
      return
    }
    turns.clear(this.#sendWhenDue)
    this.#render()
  }

  /** Brings the colours to this moment, and sends them unless the controller has just been sent the same. */
  #render(): void {
    const nowMs = performance.now()
    this.#isDue = false
    this.#pipeline.render(nowMs)
    if (this.#plan.calibration !== null) this.#pipeline.replaceColors(this.#plan.calibration)
    this.#counts.worked(performance.now() - nowMs)
    const isShown = this.#hasSent && Buffer.compare(this.#pipeline.colors, this.#sent) === 0
    if (!isShown || this.#isRepeatDue) this.#send(nowMs)
    this.#isPending = false
    // What moves by itself goes on at the pace of the controller, for as long as the source lives.
    if (this.#pipeline.isMoving && !this.#isStale(nowMs)) {
      const { intervalMs } = this.#pacer
      const waitMs = isShown ? intervalMs : this.#pacer.waitMs(nowMs)
      this.#isDue = true
      this.#context.turns.set(this.#sendWhenDue, this.#rhythm.toTurnMs(nowMs + waitMs, intervalMs))
    }
  }

  #send(nowMs: number): void {
    this.#hasSent = true
    this.#isRepeatDue = false
    this.#sent.set(this.#pipeline.colors)
    this.#output.send()
    this.#pacer.sent(nowMs)
    this.#counts.frameOut()
    if (this.#isPending) this.#counts.frameSent(performance.now() - this.#lastFrameMs)
    if (this.#repeat) this.#repeat.refresh()
    else this.#repeat = setTimeout(() => this.#sendAgain(), REPEAT_MS)
    this.#preview(nowMs)
  }

  /** Whether the source has been silent for so long that its last picture is not held any more. */
  #isStale(nowMs: number): boolean {
    return nowMs - this.#lastFrameMs > HOLD_MS
  }

  /** Ends what a controller without a light of its own would show for ever; others go back to theirs. */
  #goDark(): void {
    if (!ENDS_DARK.includes(this.#plan.device.type)) return
    if (this.#output.isBusy) {
      // Not yet.
      this.#repeat?.refresh()
      return
    }
    this.#pipeline.colors.fill(0)
    this.#output.send()
    this.#hasSent = false
  }

  #sendAgain(): void {
    if (!this.#plan.calibration && this.#isStale(performance.now())) {
      this.#goDark()
      return
    }
    this.#isRepeatDue = true
    this.#isDue = true
    this.#sendWhenDue()
  }

  #toPipeline(before: LedPipeline | undefined): LedPipeline {
    const { layout, processing, device } = this.#plan
    const plan = { layout, processing, ledCount: device.led_count, picture: this.#context.picture }
    return new LedPipeline(plan, before, performance.now())
  }

  #preview(nowMs: number): void {
    if (!this.#isWatched || nowMs - this.#lastPreviewMs < MIN_PREVIEW_INTERVAL_MS) return
    this.#lastPreviewMs = nowMs
    this.#context.onPreview(this.#plan.target_id, toPreview(this.#sent, this.#pipeline.channelsPerLed))
  }
}

/** A copy as red, green and blue: what a white LED adds is added. */
function toPreview(colors: Uint8Array, channelsPerLed: ChannelsPerLed): Uint8Array {
  if (channelsPerLed === 3) return colors.slice()
  return Uint8Array.from({ length: (colors.length / 4) * 3 }, (_, i) => {
    const led = Math.floor(i / 3) * 4
    return Math.min(255, (colors[led + (i % 3)] ?? 0) + (colors[led + 3] ?? 0))
  })
}
