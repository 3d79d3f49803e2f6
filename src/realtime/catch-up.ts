import { toErrorMessage } from '../errors.ts'
import type { ActivityFilters, CatchUpResult } from '../protocol/log-read.ts'
import { type Client, MAX_UNSENT_CATCH_UP_BYTES } from './client.ts'
import { toActivityFrame } from './frames.ts'

const PAGE_ROWS = 200
const RETRY_MS = 1_000

export interface CatchUpOptions {
  readonly readAfter: (afterSeq: number, filters: ActivityFilters, limit: number) => Promise<CatchUpResult>
  /** The newest entry that was published. */
  readonly headSeq: () => number
  readonly warn: (message: string, fields: object) => void
}

/** Brings a watcher from its cursor up to the live entries, with no gap and no duplicate. */
export class CatchUp {
  readonly #options: CatchUpOptions

  constructor(options: CatchUpOptions) {
    this.#options = options
  }

  /**
   * Reads pages until the cursor meets what was published, then switches the client to live in the
   * same turn of the loop: nothing can be published in between.
   */
  async run(client: Client): Promise<void> {
    const { generation } = client
    const isStale = (): boolean => !client.isOpen || client.generation !== generation
    // One read at a time: who subscribes again and again must not fill the readers' queue.
    client.catchingUp = client.catchingUp.then(() => this.#readAll(client, isStale))
    await client.catchingUp
  }

  async #readAll(client: Client, isStale: () => boolean): Promise<void> {
    while (!isStale()) {
      let page: CatchUpResult
      try {
        page = await this.#options.readAfter(client.cursorSeq, client.subscription?.filters ?? {}, PAGE_ROWS)
      } catch (cause) {
        this.#options.warn('a watcher cannot catch up; trying again', { error: toErrorMessage(cause) })
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
        continue
      }
      if (isStale()) return
      await this.#sendPage(client, page, isStale)
      if (isStale()) return
      if (client.cursorSeq >= this.#options.headSeq()) {
        client.isLive = true
        return
      }
    }
  }

  async #sendPage(client: Client, page: CatchUpResult, isStale: () => boolean): Promise<void> {
    // Read in one transaction with the rows: what lies before the anchor is gone for good.
    if (page.anchorSeq > client.cursorSeq) {
      client.send({ type: 'gap', from: client.cursorSeq + 1, to: page.anchorSeq })
      client.cursorSeq = page.anchorSeq
    }
    for (const { seq, json } of page.entries) {
      const frame = toActivityFrame(seq, json)
      if (client.socket.bufferedAmount > MAX_UNSENT_CATCH_UP_BYTES) await client.sendFrameDrained(frame)
      else client.sendFrame(frame)
      // The cursor may be another subscription's by now.
      if (isStale()) return
      client.cursorSeq = seq
    }
    client.cursorSeq = Math.max(client.cursorSeq, page.scannedSeq)
  }
}
