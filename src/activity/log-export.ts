import { toCsvLine } from '../lib/csv.ts'
import { ENTRY_FIELDS } from '../protocol/activity.ts'
import type { ActivityFilters, ExportFormat, ExportPage, ExportPageRequest } from '../protocol/log-read.ts'

export interface ExportOptions {
  /** Reads the next entries as text, away from this thread. */
  readonly readPage: (request: Omit<ExportPageRequest, 'file'>) => Promise<ExportPage>
  readonly filters: ActivityFilters
  readonly format: ExportFormat
  /** No entry after this one. */
  readonly throughSeq: number
}

/** What stands before, between and after the pages. */
const FRAMES: Readonly<Record<ExportFormat, readonly [open: string, between: string, close: string]>> = {
  csv: [toCsvLine(ENTRY_FIELDS), '', ''],
  json: ['[\n', ',\n', '\n]\n'],
  ndjson: ['', '', ''],
}

/** An export on its way: text in pieces, and how far it is. */
export class LogExport {
  readonly #options: ExportOptions
  #count = 0
  #isComplete = false

  constructor(options: ExportOptions) {
    this.#options = options
  }

  /** Entries handed out so far. */
  get count(): number {
    return this.#count
  }

  /** True once everything was handed out. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /**
   * The text in UTF-8, read as it is consumed: who takes it slowly costs no memory, and who leaves ends
   * the reading. May be called once.
   */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { readPage, filters, format, throughSeq } = this.#options
    const [open, between, close] = FRAMES[format]
    if (open !== '') yield Buffer.from(open)
    const readAfter = (afterSeq: number): Promise<ExportPage> | undefined => {
      if (afterSeq >= throughSeq) return undefined
      const page = readPage({ afterSeq, throughSeq, filters, format })
      // Who leaves meanwhile does not wait for it; whoever does is told of its failure there.
      page.catch(() => {})
      return page
    }
    let coming = readAfter(0)
    while (coming !== undefined) {
      const page: ExportPage = await coming
      // The next page is read while this one is on its way to the client.
      coming = readAfter(page.scannedSeq)
      if (page.count === 0) continue
      if (this.#count > 0 && between !== '') yield Buffer.from(between)
      yield page.bytes
      this.#count += page.count
    }
    if (close !== '') yield Buffer.from(close)
    this.#isComplete = true
  }
}
