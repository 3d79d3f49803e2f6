import type { ClientMessage } from '../../protocol/client-messages.ts'
import { CLOSE_FORBIDDEN_ORIGIN, CLOSE_UNAUTHORIZED, type ServerEvent } from '../../protocol/server-events.ts'
import { toRetryDelayMs } from './backoff.ts'
import { parseServerEvent } from './parse-event.ts'

/** `waiting`: lost, and tried again at `retryAtMs`. `refused`: the key that was sent does not count. */
export type ConnectionState =
  | { readonly kind: 'idle' | 'connecting' | 'live' }
  | { readonly kind: 'refused'; readonly token: string | undefined }
  | { readonly kind: 'waiting'; readonly retryAtMs: number }

/** The part of a browser's WebSocket that is used. */
export interface SocketLike {
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null
  send(data: string): void
  close(): void
}

export interface EventSocketOptions {
  readonly createSocket: () => SocketLike
  readonly token: () => string | undefined
  readonly onEvent: (event: ServerEvent) => void
  readonly onState: (state: ConnectionState) => void
  /** 0-1; a test gives its own. */
  readonly random?: () => number
}

/**
 * The page's end of `/api/v1/events/ws`. Hears every entry after the head of the first connection once
 * and in order, across any number of lost connections; what the server no longer has comes as `gap`,
 * another log as `reset`.
 */
export class EventSocket {
  readonly #options: EventSocketOptions
  #socket: SocketLike | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #logId: string | undefined
  /** The last entry that was told; undefined before the first connection. */
  #lastSeq: number | undefined
  #token: string | undefined
  #previews: readonly string[] = []
  #wantsServerLog = false
  #isSubscribed = false

  constructor(options: EventSocketOptions) {
    this.#options = options
  }

  /** The last entry that was told. */
  get lastSeq(): number {
    return this.#lastSeq ?? 0
  }

  /** Connects now, also when it waits for its next try. */
  connect(): void {
    clearTimeout(this.#timer)
    if (this.#socket) return
    this.#options.onState({ kind: 'connecting' })
    const socket = this.#options.createSocket()
    this.#socket = socket
    socket.onopen = () => {
      this.#token = this.#options.token()
      this.#send({ type: 'auth', ...(this.#token !== undefined && { token: this.#token }) })
    }
    socket.onmessage = ({ data }) => {
      const event = parseServerEvent(data)
      if (event) this.#receive(event)
    }
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) this.#handleClose(code)
    }
  }

  /** Ends the connection and forgets where it was: the next one begins anew. */
  disconnect(): void {
    this.#drop()
    this.#logId = undefined
    this.#lastSeq = undefined
    this.#attempt = 0
    this.#options.onState({ kind: 'idle' })
  }

  /** Which targets' colours are wanted. Costs no entry: the subscription goes on where it is. */
  setPreviews(targetIds: readonly string[]): void {
    if (targetIds.join() === this.#previews.join()) return
    this.#previews = targetIds
    if (this.#isSubscribed) this.#subscribe()
  }

  /** Whether the server log is wanted; its kept lines come at once. For admins. */
  setServerLog(isWanted: boolean): void {
    if (isWanted === this.#wantsServerLog) return
    this.#wantsServerLog = isWanted
    if (this.#isSubscribed) this.#subscribe()
  }

  #drop(): void {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = undefined
    this.#isSubscribed = false
    socket?.close()
  }

  #receive(event: ServerEvent): void {
    switch (event.type) {
      case 'auth_ok':
        this.#attempt = 0
        this.#logId ??= event.log_id
        this.#lastSeq ??= event.head_seq
        this.#subscribe()
        this.#options.onEvent(event)
        this.#options.onState({ kind: 'live' })
        return
      case 'activity_logged':
        // A subscription that replaced another repeats what was under way.
        if (event.seq <= this.lastSeq) return
        this.#lastSeq = event.seq
        break
      case 'gap':
        this.#lastSeq = Math.max(this.lastSeq, event.to)
        break
      case 'reset':
        this.#logId = event.log_id
        this.#lastSeq = event.head_seq
        break
      default:
    }
    this.#options.onEvent(event)
  }

  #subscribe(): void {
    this.#isSubscribed = true
    this.#send({
      type: 'subscribe',
      since_seq: this.lastSeq,
      ...(this.#logId !== undefined && { log_id: this.#logId }),
      previews: [...this.#previews],
      ...(this.#wantsServerLog && { server_log: true }),
    })
  }

  #handleClose(code: number): void {
    this.#socket = undefined
    this.#isSubscribed = false
    if (code === CLOSE_UNAUTHORIZED || code === CLOSE_FORBIDDEN_ORIGIN) {
      this.#options.onState({ kind: 'refused', token: this.#token })
      return
    }
    const delayMs = toRetryDelayMs(this.#attempt, (this.#options.random ?? Math.random)())
    this.#attempt += 1
    this.#timer = setTimeout(() => this.connect(), delayMs)
    this.#options.onState({ kind: 'waiting', retryAtMs: Date.now() + delayMs })
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message))
  }
}
