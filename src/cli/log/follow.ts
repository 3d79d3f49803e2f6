import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { LedGrabError } from '../../errors.ts'
import { Backoff } from '../../lib/backoff.ts'
import type { LogFilters, SubscriptionFilters } from '../../protocol/api-log.ts'
import { createSearch } from '../../protocol/log-search.ts'
import { type ApiAddress, toApiAddress } from '../api-client.ts'
import { EventSocket, type SocketEvent } from '../event-socket.ts'
import { say } from '../terminal.ts'
import { createPrinter } from './entry-printer.ts'
import type { ShownEntry } from './entry-table.ts'
import { type ListFlags, readNewest } from './list.ts'
import { toLogFilters } from './options.ts'
import { ServerLog } from './server-log.ts'

const RETRY = { firstMs: 250, capMs: 5_000 } as const

export interface FollowerOptions {
  readonly address: ApiAddress
  readonly filters: LogFilters
  /** How many entries of the past come first. */
  readonly limit: number
  readonly onEntries: (entries: readonly ShownEntry[]) => void
  /** Told in a sentence what the reader of the entries should know. */
  readonly onNotice: (sentence: string) => void
  readonly signal: AbortSignal
}

/** Prints the newest entries and then each new one, until Ctrl-C. */
export async function followCommand(flags: ListFlags): Promise<void> {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  const printer = createPrinter(flags.json === true)
  const follower = new LogFollower({
    address: toApiAddress(flags),
    filters: toLogFilters(flags),
    limit: flags.limit,
    onEntries: (entries) => printer.print(entries),
    onNotice: say,
    signal: ending.signal,
  })
  await follower.run()
}

/**
 * Watches the log of a server through its restarts: every entry that matches is told once, in order,
 * and what can no longer be told is noticed.
 */
export class LogFollower {
  readonly #options: FollowerOptions
  readonly #finds: (entry: ShownEntry) => boolean
  /** The log that `#cursorSeq` belongs to. */
  #logId = ''
  /** Everything that matches up to here was told. */
  #cursorSeq = 0

  constructor(options: FollowerOptions) {
    this.#options = options
    const { q } = options.filters
    this.#finds = q === undefined ? () => true : createSearch(q)
  }

  /**
   * Resolves when the signal says so.
   *
   * @throws `LG_SERVER_UNREACHABLE` when no server answers at the beginning; `LG_CLI_FAILED` when it
   *   refuses, also later
   */
  async run(): Promise<void> {
    const { address, signal } = this.#options
    // The past first: that somebody watches is an entry, and would take the place of one that was asked for.
    await this.#tellPast()
    let socket = await untilAborted(EventSocket.connect(address, signal), signal)
    this.#logId = socket?.logId ?? ''
    try {
      while (socket && !signal.aborted) {
        await this.#watch(socket)
        socket = await this.#reconnect()
      }
    } finally {
      socket?.close()
    }
  }

  async #tellPast(): Promise<void> {
    const { address, filters, limit, signal, onEntries } = this.#options
    const past = await untilAborted(readNewest(new ServerLog(address), filters, limit), signal)
    if (past === undefined) return
    onEntries(past.entries)
    this.#cursorSeq = past.headSeq
  }

  /** Resolves when the connection has ended or the signal came. */
  async #watch(socket: EventSocket): Promise<void> {
    const subscription = {
      since_seq: this.#cursorSeq,
      log_id: this.#logId,
      filters: toSubscriptionFilters(this.#options.filters),
    }
    socket.subscribe(subscription, (event) => this.#receive(event))
    try {
      await untilAborted(socket.closed, this.#options.signal)
    } finally {
      socket.close()
    }
  }

  async #reconnect(): Promise<EventSocket | undefined> {
    const { address, onNotice, signal } = this.#options
    if (signal.aborted) return undefined
    onNotice('the connection to the server was lost; trying again until it answers')
    for (const backoff = new Backoff(RETRY); ; ) {
      await untilAborted(delay(backoff.nextMs(), undefined, { signal }), signal)
      if (signal.aborted) return undefined
      try {
        const socket = await EventSocket.connect(address, signal)
        onNotice('connected again')
        return socket
      } catch (cause) {
        const mayComeBack = cause instanceof LedGrabError && cause.code === 'LG_SERVER_UNREACHABLE'
        if (!mayComeBack && !signal.aborted) throw cause
      }
    }
  }

  #receive(event: SocketEvent): void {
    const { onEntries, onNotice } = this.#options
    switch (event.type) {
      case 'activity_logged':
        if (event.seq <= this.#cursorSeq) return
        this.#cursorSeq = event.seq
        if (this.#finds(event.entry)) onEntries([event.entry])
        return
      case 'gap':
        this.#cursorSeq = Math.max(this.#cursorSeq, event.to)
        onNotice(
          event.from === event.to
            ? `entry ${event.from} is no longer in the log: it was pruned or cleared`
            : `entries ${event.from} to ${event.to} are no longer in the log: they were pruned or cleared`,
        )
        return
      case 'reset':
        this.#logId = event.log_id
        this.#cursorSeq = event.head_seq
        onNotice('the log is not the one before, or was set back; from here on its new entries follow')
        return
      case 'job_progress':
      case 'error':
        return
    }
  }
}

/** What the server filters; it leaves searching live entries to us. */
function toSubscriptionFilters(filters: LogFilters): SubscriptionFilters {
  const { q: _q, since: _since, until: _until, ...others } = filters
  return others
}

/** As `work`, or undefined when the signal comes first; then `work` may fail unheard. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) {
    work.catch(() => {})
    return undefined
  }
  const done = new AbortController()
  const aborted = once(signal, 'abort', { signal: done.signal }).then(
    () => undefined,
    () => undefined,
  )
  try {
    return await Promise.race([work, aborted])
  } catch (cause) {
    if (signal.aborted) return undefined
    throw cause
  } finally {
    done.abort()
    work.catch(() => {})
  }
}
