import { batch, signal } from '@preact/signals'
import type { LogPage } from '../../protocol/api-log.ts'
import { type ApiError, toApiError } from '../api/api-error.ts'
import type { HttpClient } from '../api/http-client.ts'
import type { ActivityEntry, ServerEvent } from '../api/types.ts'
import { createMatcher, type LogFilter, NO_FILTER, toQuery } from './log-filter.ts'

const PAGE_ENTRIES = 200
/** Live entries are shown together this often: a burst costs one rendering. */
const SHOW_MS = 16

/** An entry of the log, or a place where entries are no longer there. */
export type FeedItem =
  | { readonly kind: 'entry'; readonly key: string; readonly entry: ActivityEntry; readonly tsMs: number }
  | { readonly kind: 'gap'; readonly key: string; readonly from: number; readonly to: number }

/**
 * The entries that match a filter, newest first: read page by page as somebody scrolls, with new ones
 * on top as they come. While the reader is elsewhere, new ones wait, so that nothing jumps.
 */
export class LogFeed {
  readonly items = signal<readonly FeedItem[]>([])
  /** New ones that wait until somebody wants them. */
  readonly waiting = signal<readonly FeedItem[]>([])
  /** How many match in all. */
  readonly total = signal<{ readonly count: number; readonly isCapped: boolean } | undefined>(undefined)
  readonly state = signal<'loading' | 'ready' | 'failed'>('loading')
  readonly error = signal<ApiError | undefined>(undefined)
  readonly hasMore = signal(false)
  /** Set by who shows it: the newest entry is in view. */
  isAtTop = true
  readonly #http: HttpClient
  #filter: LogFilter = NO_FILTER
  #matches: (entry: ActivityEntry) => boolean = () => true
  #opening = new AbortController()
  #cursor: number | undefined
  #isLoadingMore = false
  /** Live entries that come while the first page is on its way, or since they were last shown. */
  #arrived: FeedItem[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(http: HttpClient) {
    this.#http = http
  }

  /** Shows what matches, from the newest. */
  async open(filter: LogFilter): Promise<void> {
    this.#opening.abort()
    const opening = new AbortController()
    this.#opening = opening
    this.#filter = filter
    this.#matches = createMatcher(filter)
    this.#arrived = []
    this.state.value = 'loading'
    try {
      const page = await this.#read(undefined, opening.signal)
      if (opening.signal.aborted) return
      batch(() => {
        this.items.value = page.entries.map(toItem)
        this.waiting.value = []
        this.#take(page)
        this.state.value = 'ready'
        this.error.value = undefined
      })
      this.#showArrived()
    } catch (cause) {
      if (opening.signal.aborted) return
      batch(() => {
        this.error.value = toApiError(cause)
        this.state.value = 'failed'
      })
    }
  }

  /** Reads the next, older page, unless there is none or it is being read. */
  async loadMore(): Promise<void> {
    if (this.#isLoadingMore || this.#cursor === undefined || this.state.value !== 'ready') return
    this.#isLoadingMore = true
    const { signal: aborted } = this.#opening
    try {
      const page = await this.#read(this.#cursor, aborted)
      if (aborted.aborted) return
      batch(() => {
        this.items.value = [...this.items.value, ...page.entries.map(toItem)]
        this.#cursor = page.next_before_seq ?? undefined
        this.hasMore.value = page.has_more
      })
    } catch {
      // Offline; asked for again at the next scrolling, and when the connection is back.
    } finally {
      this.#isLoadingMore = false
    }
  }

  handle(event: ServerEvent): void {
    switch (event.type) {
      case 'activity_logged':
        if (this.#matches(event.entry)) this.#arrive(toItem(event.entry))
        return
      case 'gap':
        this.#arrive({ kind: 'gap', key: `gap-${event.from}`, from: event.from, to: event.to })
        return
      case 'reset':
        void this.open(this.#filter)
        return
      default:
    }
  }

  /** Puts the waiting ones on top. */
  showWaiting(): void {
    batch(() => {
      this.items.value = [...this.waiting.value, ...this.items.value]
      this.waiting.value = []
    })
  }

  dispose(): void {
    this.#opening.abort()
    clearTimeout(this.#timer)
  }

  #arrive(item: FeedItem): void {
    this.#arrived.push(item)
    this.#timer ??= setTimeout(() => this.#showArrived(), SHOW_MS)
  }

  #showArrived(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // The page that is on its way may hold some of them already.
    if (this.state.value === 'loading' || this.#arrived.length === 0) return
    const newest = new Set(this.items.value.slice(0, PAGE_ENTRIES).map(({ key }) => key))
    const added = this.#arrived.filter(({ key }) => !newest.has(key)).reverse()
    this.#arrived = []
    batch(() => {
      const { value: total } = this.total
      if (total) {
        const count = total.count + added.filter(({ kind }) => kind === 'entry').length
        this.total.value = { ...total, count: total.isCapped ? total.count : count }
      }
      if (this.isAtTop && this.waiting.value.length === 0) this.items.value = [...added, ...this.items.value]
      else this.waiting.value = [...added, ...this.waiting.value]
    })
  }

  #take(page: LogPage): void {
    this.#cursor = page.next_before_seq ?? undefined
    this.hasMore.value = page.has_more
    this.total.value = { count: page.total, isCapped: page.total_capped === true }
  }

  async #read(beforeSeq: number | undefined, aborted: AbortSignal): Promise<LogPage> {
    const query = { ...toQuery(this.#filter), before_seq: beforeSeq, limit: PAGE_ENTRIES }
    return await this.#http.get('/api/v1/activity-log', query, aborted)
  }
}

function toItem(entry: LogPage['entries'][number] | ActivityEntry): FeedItem {
  const known = entry as ActivityEntry
  return { kind: 'entry', key: known.id, entry: known, tsMs: Date.parse(known.ts) }
}
