import { isLineLit, type Lines, type LitRule } from './picture-lines.ts'

/** Black is 16 where video levels are taken for a computer's; noise of ±4 in brightness and colour makes it 24 (2026-11-23). */
const BLACK = 24
/** What is brighter than that is a picture; between the two nothing changes. */
const PICTURE = 36

/** A line of a bar is darker than this: a station's logo in the corner lights less of it. */
const NOT_BLACK: LitRule = { level: BLACK, share: 0.06 }
/** The first line inside a bar: a dark scene has no sharp edge, a bar does. */
const EDGE: LitRule = { level: PICTURE, share: 0.4 }
/** The same for all four sides of a picture in a frame, without the frame: a title on black is more ragged. */
const FRAMED_EDGE: LitRule = { level: PICTURE, share: 0.6 }
/** A line of a picture that has come to where a bar was. */
const FILLED: LitRule = { level: PICTURE, share: 0.25 }

/** The two bars of a pair may differ by this share of the picture: players are off by some lines. */
const PAIR_TOLERANCE = 0.03
const MAX_BAR_SHARE = 0.4

/** So long bars must be seen before they are skipped. */
const FIND_HOLD_MS = 1_500
/** So long a picture must be seen in both bars before they are given up. */
const LOSE_HOLD_MS = 200
/** The same for one bar alone: subtitles, a volume display and a player's buttons go by themselves. */
const OVERLAY_HOLD_MS = 10_000

/** The bars on two sides that face each other. */
export class BarPair {
  /** Lines of each bar. */
  bar = 0
  readonly #lines: Lines
  readonly #tolerance: number
  readonly #most: number
  /** Black lines from either side in the frame measured last; no more than `#most + 1` are counted. */
  #before = 0
  #after = 0
  #isPair = false
  /** What `bar` may become, and since when it looks like it. */
  #candidate = 0
  #sinceMs = 0

  constructor(lines: Lines) {
    this.#lines = lines
    this.#tolerance = Math.max(1, Math.round(lines.count * PAIR_TOLERANCE))
    this.#most = Math.floor(lines.count * MAX_BAR_SHARE)
  }

  /** Counts the black lines of a frame. Both pairs do before either looks. */
  measure(frame: Uint8Array): void {
    this.#before = this.#countBlack(frame, false)
    this.#after = this.#countBlack(frame, true)
    const more = Math.max(this.#before, this.#after)
    const less = Math.min(this.#before, this.#after)
    this.#isPair = more <= this.#most && more - less <= this.#tolerance
    if (this.#isPair || more > this.#most || less === 0) return
    // The bar that seems smaller may have a subtitle in it, black above and below.
    this.#isPair = this.#isBlack(frame, more - 1) && this.#isBlack(frame, this.#facing(more - 1))
    if (this.#isPair) {
      this.#before = more
      this.#after = more
    }
  }

  /** Whether the frame measured is black but for a slit in the middle, or all over. */
  get isSlit(): boolean {
    return this.#before > this.#most && this.#after > this.#most
  }

  /** Looks at the frame measured last, as `across`, the other pair. @returns whether `bar` has changed */
  look(frame: Uint8Array, across: BarPair, nowMs: number): boolean {
    const found = this.#findBar(frame, across)
    if (found > this.bar) return this.#change(found, FIND_HOLD_MS, nowMs)
    for (let line = 0; line < this.bar; line += 1) {
      const isPicture =
        this.#isFilled(frame, across, line) && this.#isFilled(frame, across, this.#facing(line))
      if (isPicture) return this.#change(line, LOSE_HOLD_MS, nowMs)
    }
    for (let line = 0; line < this.bar; line += 1) {
      const isOverlay =
        this.#isFilled(frame, across, line) || this.#isFilled(frame, across, this.#facing(line))
      if (isOverlay) return this.#change(line, OVERLAY_HOLD_MS, nowMs)
    }
    this.#candidate = this.bar
    return false
  }

  #change(next: number, holdMs: number, nowMs: number): boolean {
    if (Math.abs(next - this.#candidate) > 1 || this.#candidate === this.bar) this.#sinceMs = nowMs
    this.#candidate = next
    if (nowMs - this.#sinceMs < holdMs) return false
    this.bar = next
    return true
  }

  /** The bar this frame alone speaks for; 0 where it speaks for none, or for about the one there is. */
  #findBar(frame: Uint8Array, across: BarPair): number {
    const found = Math.min(this.#before, this.#after)
    // A line that is neither bar nor picture, because of the scaling, is dark now and then.
    const isNews = this.#isPair && found > (this.bar === 0 ? 0 : this.bar + 1)
    if (!isNews) return 0
    const isSharp =
      this.#hasEdges(frame, EDGE, across.bar, across.bar) ||
      (this.#isFramedBy(frame, across) && across.#isFramedBy(frame, this))
    return isSharp ? found : 0
  }

  #isFramedBy(frame: Uint8Array, across: BarPair): boolean {
    return this.#isPair && this.#hasEdges(frame, FRAMED_EDGE, across.#before, across.#after)
  }

  /** Whether the picture begins where the black ends, or a line on: one may be half bar, half picture. */
  #hasEdges(frame: Uint8Array, rule: LitRule, from: number, to: number): boolean {
    const lines = this.#lines
    const first = this.#before
    const last = this.#facing(this.#after)
    return (
      (isLineLit(frame, lines, first, rule, from, to) ||
        isLineLit(frame, lines, first + 1, rule, from, to)) &&
      (isLineLit(frame, lines, last, rule, from, to) || isLineLit(frame, lines, last - 1, rule, from, to))
    )
  }

  #isFilled(frame: Uint8Array, across: BarPair, line: number): boolean {
    return isLineLit(frame, this.#lines, line, FILLED, across.#before, across.#after)
  }

  #isBlack(frame: Uint8Array, line: number): boolean {
    return !isLineLit(frame, this.#lines, line, NOT_BLACK)
  }

  #countBlack(frame: Uint8Array, isFromEnd: boolean): number {
    for (let i = 0; i <= this.#most; i += 1) {
      if (!this.#isBlack(frame, isFromEnd ? this.#facing(i) : i)) return i
    }
    return this.#most + 1
  }

  /** The line as far from the other side. */
  #facing(line: number): number {
    return this.#lines.count - 1 - line
  }
}
