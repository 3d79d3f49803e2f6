import { type PictureSize, type PictureWindow, toWholeWindow } from './picture.ts'

/** A bar is found where nothing is brighter than this sRGB value … */
const BLACK = 12
/** … and given up where something is brighter than that: noise in between changes nothing. */
const STILL_BLACK = 24
/** This share of a line inside the bars must be lit: a dark scene has no sharp edge, a bar does. */
const EDGE_LIT_SHARE = 0.25
/** A station's logo in a corner lights so much of a line at most. */
const LOGO_SHARE = 0.06
/** Subtitles and logos light less of a line than this; a picture that reaches there more. */
const PICTURE_LIT_SHARE = 0.5
/** The two bars of a pair may differ by this share of the picture: scaling, and players that are off by some lines. */
const PAIR_TOLERANCE = 0.03
const MAX_BAR_SHARE = 0.4
/** As many pixels of a line are looked at. */
const MAX_SAMPLES = 64
/** So long bars must be seen before they are skipped, and a picture in them before they are not. */
const FIND_HOLD_MS = 1_000
const LOSE_HOLD_MS = 200

/** One direction of the picture: lines from one side to the other. Rows for a letterbox, columns for a pillarbox. */
interface Lines {
  readonly count: number
  /** Of each line. */
  readonly pixels: number
  /** Bytes from line to line, and along a line. */
  readonly stepBytes: number
  readonly alongBytes: number
}

/**
 * Finds the black bars of a film: above and below (letterbox), at the sides (pillarbox), or both. Bars come in
 * pairs of the same size; what has no pair, or no sharp edge, is a dark picture. A picture that is black all over tells
 * nothing. Allocates nothing per frame.
 */
export class BlackBarDetector {
  readonly #size: PictureSize
  readonly #rows: Lines
  readonly #columns: Lines
  readonly #letterbox: BarPair
  readonly #pillarbox: BarPair
  #window: PictureWindow

  constructor(size: PictureSize) {
    const { width, height } = size
    this.#size = size
    this.#rows = { count: height, pixels: width, stepBytes: width * 3, alongBytes: 3 }
    this.#columns = { count: width, pixels: height, stepBytes: 3, alongBytes: width * 3 }
    this.#letterbox = new BarPair(height)
    this.#pillarbox = new BarPair(width)
    this.#window = toWholeWindow(size)
  }

  /** What of the picture is no bar. */
  get window(): PictureWindow {
    return this.#window
  }

  /** Looks at the newest frame (RGB24). @returns whether `window` has changed */
  look(frame: Uint8Array, nowMs: number): boolean {
    const top = countBlack(frame, this.#rows, false, BLACK)
    const left = countBlack(frame, this.#columns, false, BLACK)
    // Black all over: a film fades out, and nothing is learnt of its bars.
    if (top === this.#rows.count || left === this.#columns.count) return false
    const bottom = countBlack(frame, this.#rows, true, BLACK)
    const right = countBlack(frame, this.#columns, true, BLACK)
    const isTall = this.#letterbox.look(frame, this.#rows, top, bottom, left, right, nowMs)
    const isWide = this.#pillarbox.look(frame, this.#columns, left, right, top, bottom, nowMs)
    if (!isTall && !isWide) return false
    const { width, height } = this.#size
    const { bar: bars } = this.#letterbox
    const { bar: sides } = this.#pillarbox
    this.#window = { left: sides, top: bars, right: width - sides, bottom: height - bars }
    return true
  }
}

/** The bars on two sides that face each other. */
class BarPair {
  readonly #lines: number
  readonly #tolerance: number
  /** Lines of each bar. */
  bar = 0
  /** What it may become, since when it looks like it. */
  #candidate = 0
  #sinceMs = 0

  constructor(lines: number) {
    this.#lines = lines
    this.#tolerance = Math.max(1, Math.round(lines * PAIR_TOLERANCE))
  }

  /**
   * @param before black lines from the one side, `after`: from the other
   * @param from black pixels at the beginning of every line, `to`: at its end: they belong to the other pair
   * @returns whether `bar` has changed
   */
  look(
    frame: Uint8Array,
    lines: Lines,
    before: number,
    after: number,
    from: number,
    to: number,
    nowMs: number,
  ): boolean {
    const next = this.#toNext(frame, lines, before, after, from, to)
    if (Math.abs(next - this.bar) < 1) {
      this.#candidate = this.bar
      return false
    }
    if (Math.abs(next - this.#candidate) > 1 || this.#candidate === this.bar) {
      this.#candidate = next
      this.#sinceMs = nowMs
    }
    const holdMs = next < this.bar ? LOSE_HOLD_MS : FIND_HOLD_MS
    if (nowMs - this.#sinceMs < holdMs) return false
    this.bar = next
    this.#candidate = next
    return true
  }

  /** The bar this frame alone speaks for; the one there is where it says nothing. */
  #toNext(frame: Uint8Array, lines: Lines, before: number, after: number, from: number, to: number): number {
    const most = Math.floor(this.#lines * MAX_BAR_SHARE)
    const found = Math.min(before, after)
    const isPair = Math.abs(before - after) <= this.#tolerance && found <= most
    if (isPair && found > this.bar) {
      const hasEdge =
        toLitShare(frame, lines, before, from, to, BLACK) >= EDGE_LIT_SHARE &&
        toLitShare(frame, lines, lines.count - 1 - after, from, to, BLACK) >= EDGE_LIT_SHARE
      return hasEdge ? found : this.bar
    }
    if (this.bar === 0) return 0
    // The first line from either side that the picture fills, not only a subtitle or a logo.
    for (let line = 0; line < this.bar; line += 1) {
      const isLit =
        toLitShare(frame, lines, line, from, to, STILL_BLACK) > PICTURE_LIT_SHARE ||
        toLitShare(frame, lines, lines.count - 1 - line, from, to, STILL_BLACK) > PICTURE_LIT_SHARE
      if (isLit) return line
    }
    // Both bars lit a little at the same height: no subtitle is in two places.
    for (let line = 0; line < this.bar; line += 1) {
      const isLit =
        toLitShare(frame, lines, line, from, to, STILL_BLACK) > LOGO_SHARE &&
        toLitShare(frame, lines, lines.count - 1 - line, from, to, STILL_BLACK) > LOGO_SHARE
      if (isLit) return line
    }
    return this.bar
  }
}

/** How many lines from one side, or from the other, have nothing brighter than `black` but for a logo. */
function countBlack(frame: Uint8Array, lines: Lines, isFromEnd: boolean, black: number): number {
  for (let i = 0; i < lines.count; i += 1) {
    const line = isFromEnd ? lines.count - 1 - i : i
    if (toLitShare(frame, lines, line, 0, 0, black) > LOGO_SHARE) return i
  }
  return lines.count
}

/** The share of a line's pixels that are brighter than `black`, without `from` at its beginning and `to` at its end. */
function toLitShare(
  frame: Uint8Array,
  { pixels, stepBytes, alongBytes }: Lines,
  line: number,
  from: number,
  to: number,
  black: number,
): number {
  const end = pixels - to
  const step = Math.max(1, Math.floor((end - from) / MAX_SAMPLES))
  let lit = 0
  let count = 0
  for (let pixel = from; pixel < end; pixel += step) {
    const at = line * stepBytes + pixel * alongBytes
    if ((frame[at] ?? 0) > black || (frame[at + 1] ?? 0) > black || (frame[at + 2] ?? 0) > black) lit += 1
    count += 1
  }
  return count === 0 ? 0 : lit / count
}
