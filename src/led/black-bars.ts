import { BarPair } from './bar-pair.ts'
import { type PictureSize, type PictureWindow, toWholeWindow } from './picture.ts'
import { toColumns, toRows } from './picture-lines.ts'

/**
 * Finds the black bars of a film: above and below (letterbox), at the sides (pillarbox), or both. Bars come in
 * pairs of the same size; what has no pair, or no sharp edge, is a dark picture. A picture that is black but for its
 * middle tells nothing. Allocates nothing per frame.
 */
export class BlackBarDetector {
  readonly #size: PictureSize
  readonly #letterbox: BarPair
  readonly #pillarbox: BarPair
  #window: PictureWindow

  constructor(size: PictureSize) {
    this.#size = size
    this.#letterbox = new BarPair(toRows(size))
    this.#pillarbox = new BarPair(toColumns(size))
    this.#window = toWholeWindow(size)
  }

  /** What of the picture is no bar. */
  get window(): PictureWindow {
    return this.#window
  }

  /** Looks at the newest frame (RGB24). @returns whether `window` has changed */
  look(frame: Uint8Array, nowMs: number): boolean {
    this.#letterbox.measure(frame)
    this.#pillarbox.measure(frame)
    if (this.#letterbox.isSlit || this.#pillarbox.isSlit) return false
    const isTall = this.#letterbox.look(frame, this.#pillarbox, nowMs)
    const isWide = this.#pillarbox.look(frame, this.#letterbox, nowMs)
    if (!isTall && !isWide) return false
    const { width, height } = this.#size
    const { bar: bars } = this.#letterbox
    const { bar: sides } = this.#pillarbox
    this.#window = { left: sides, top: bars, right: width - sides, bottom: height - bars }
    return true
  }
}
