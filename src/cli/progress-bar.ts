const REDRAW_MS = 100
const BAR_CELLS = 24
const CLEAR_LINE = '\r\u001b[K'

/** Where a bar is drawn: standard error, or nowhere when that is no terminal. */
interface BarOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Shows on a terminal how far a long job is, in one line that goes when the job ends. */
export class ProgressBar {
  readonly #label: string
  readonly #output: BarOutput
  readonly #nowMs: () => number
  #drawnMs = Number.NEGATIVE_INFINITY
  #isDrawn = false

  constructor(label: string, output: BarOutput = process.stderr, nowMs = () => performance.now()) {
    this.#label = label
    this.#output = output
    this.#nowMs = nowMs
  }

  /** Draws at most ten times a second. `total` is undefined where nobody knows it. */
  update(done: number, total: number | undefined): void {
    const nowMs = this.#nowMs()
    if (!this.#output.isTTY || nowMs - this.#drawnMs < REDRAW_MS) return
    this.#drawnMs = nowMs
    this.#isDrawn = true
    this.#output.write(`${CLEAR_LINE}${this.#label} ${drawBar(done, total)}`)
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isDrawn) this.#output.write(CLEAR_LINE)
    this.#isDrawn = false
  }
}

function drawBar(done: number, total: number | undefined): string {
  if (total === undefined || total <= 0) return `${done}`
  const share = Math.min(1, done / total)
  const filled = Math.round(share * BAR_CELLS)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled)
  return `${bar} ${Math.floor(share * 100)} % (${done} of ${total})`
}
