import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { SealedEntry } from '../activity/sealer.ts'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import type { Part } from '../lib/part.ts'
import type { ClientMessage } from '../protocol/client-messages.ts'
import type { ActivityFilters, CatchUpResult } from '../protocol/log-read.ts'
import {
  type BroadcastEvent,
  CLOSE_FORBIDDEN_ORIGIN,
  CLOSE_UNAUTHORIZED,
  hasRole,
  type Role,
} from '../protocol/server-events.ts'
import type { ServerLogLine } from '../protocol/server-log.ts'
import { assertNever } from '../protocol/worker-messages.ts'
import { CatchUp } from './catch-up.ts'
import { Client, MAX_UNSENT_CATCH_UP_BYTES } from './client.ts'
import { fromSubscriptionFilters, matches } from './filters.ts'
import { toActivityFrame } from './frames.ts'
import { parseMessage } from './parse-message.ts'
import { Previews } from './previews.ts'

const AUTH_TIMEOUT_MS = 5_000
const PING_MS = 30_000
const MAX_INBOUND_BYTES = 64 * 1024
const CLOSE_GOING_AWAY = 1001
const CLOSE_POLICY_VIOLATION = 1008

export interface Identity {
  readonly actor: string
  readonly role: Role
  /** The key that says so; undefined where none is needed. */
  readonly keyId?: string
}

export interface HubOptions {
  readonly logId: string
  /** The newest entry at the start. */
  readonly headSeq: number
  /** Who this is; throws an `LG_AUTH_…` error for nobody. Recording the failure is its business. */
  readonly authenticate: (token: string | undefined, request: IncomingMessage) => Identity
  readonly readAfter: (afterSeq: number, filters: ActivityFilters, limit: number) => Promise<CatchUpResult>
  /** Told which targets anybody watches, whenever that changes. */
  readonly onPreviews: (targetIds: readonly string[]) => void
  readonly warn: (message: string, fields: object) => void
  /** The kept lines of the server log, oldest first; default: none. */
  readonly serverLog?: () => readonly ServerLogLine[]
  /** How long a client may take to say who it is, ms; default 5,000. */
  readonly authTimeoutMs?: number
  /** How often clients are pinged; one that has not answered by the next ping is gone. Default 30,000. */
  readonly pingMs?: number
}

/**
 * The watchers of `/api/v1/events/ws`: fan-out of committed entries and of events, each serialised
 * once. A slow watcher costs lag, never memory.
 */
export class RealtimeHub implements Part {
  readonly #options: HubOptions
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_INBOUND_BYTES })
  readonly #clients = new Set<Client>()
  readonly #catchUp: CatchUp
  readonly #previews: Previews
  #logId: string
  #headSeq: number
  #pinging: NodeJS.Timeout | undefined
  #isStopping = false
  #cutOffCount = 0

  constructor(options: HubOptions) {
    this.#options = options
    this.#logId = options.logId
    this.#headSeq = options.headSeq
    this.#previews = new Previews(options.onPreviews)
    this.#catchUp = new CatchUp({
      readAfter: options.readAfter,
      headSeq: () => this.#headSeq,
      warn: options.warn,
    })
  }

  async start(): Promise<void> {
    this.#pinging = setInterval(() => this.#ping(), this.#options.pingMs ?? PING_MS)
    this.#pinging.unref()
  }

  /** Says goodbye to all watchers and resolves when they are gone, or after a second. */
  async stop(): Promise<void> {
    this.refuseNew()
    clearInterval(this.#pinging)
    const gone = [...this.#clients].map(
      (client) => new Promise((resolve) => client.socket.once('close', resolve)),
    )
    for (const client of this.#clients) client.leave(CLOSE_GOING_AWAY, 'the server is stopping')
    await Promise.race([Promise.all(gone), new Promise((resolve) => setTimeout(resolve, 500).unref())])
    for (const client of this.#clients) client.socket.terminate()
  }

  /** From now on an upgrade is answered with 503. */
  refuseNew(): void {
    this.#isStopping = true
  }

  /** Cuts off whoever watches with this key: it was revoked. Undefined: whoever came without a key. */
  closeKey(keyId: string | undefined): void {
    const cause = new LedGrabError('LG_AUTH_REQUIRED', 'this access has ended; an API key is needed')
    for (const client of this.#clients) {
      if (client.isAuthenticated && client.keyId === keyId) this.#reject(client, cause)
    }
  }

  get clientCount(): number {
    return this.#clients.size
  }

  /** Clients that are still told the past. */
  get catchingUpCount(): number {
    return [...this.#clients].filter((client) => client.subscription && !client.isLive).length
  }

  /** What the slowest client has not read yet. */
  get maxUnsentBytes(): number {
    return Math.max(0, ...[...this.#clients].map(({ socket }) => socket.bufferedAmount))
  }

  /** Clients that were let go because they did not read. */
  get cutOffCount(): number {
    return this.#cutOffCount
  }

  /**
   * Takes over an HTTP upgrade. A rejected origin is told as close code 4403, since a browser shows
   * a page no HTTP status.
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    rejection: LedGrabError | undefined,
  ): void {
    if (this.#isStopping) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      if (rejection) {
        webSocket.on('error', () => {})
        webSocket.close(CLOSE_FORBIDDEN_ORIGIN, rejection.message.slice(0, 120))
        return
      }
      this.#welcome(webSocket, socket, request)
    })
  }

  /** The log goes on in another file: whoever has subscribed starts over from there. */
  reset(logId: string, headSeq: number): void {
    this.#logId = logId
    this.#headSeq = headSeq
    for (const client of this.#clients) {
      if (client.subscription === undefined) continue
      client.generation += 1
      client.send({ type: 'reset', log_id: logId, head_seq: headSeq })
      client.cursorSeq = headSeq
      client.isLive = true
    }
  }

  /** Sends committed entries to whom they concern, in order; each is serialised once. */
  publishEntries(entries: readonly SealedEntry[]): void {
    const clients = [...this.#clients].filter(({ isLive }) => isLive)
    for (const client of clients) client.hold()
    for (const { seq, row, json } of entries) {
      this.#headSeq = seq
      let frame: Buffer | undefined
      for (const client of clients) {
        // A catch-up may have read what was committed a moment before it is published here.
        if (!client.isLive || seq <= client.cursorSeq) continue
        client.cursorSeq = seq
        if (!client.subscription || !matches(row, client.subscription.filters)) continue
        frame ??= Buffer.from(toActivityFrame(seq, json))
        client.sendFrame(frame)
      }
    }
    for (const client of clients) client.release()
  }

  /** Sends an event to everybody who has subscribed. */
  publishEvent(event: BroadcastEvent): void {
    let frame: Buffer | undefined
    for (const client of this.#clients) {
      if (client.subscription === undefined) continue
      frame ??= Buffer.from(JSON.stringify(event))
      client.sendFrame(frame)
    }
  }

  /** Sends a target's colours, 3 bytes per LED, to those who asked for them. */
  publishPreview(targetId: string, rgb: Uint8Array): void {
    let frame: Buffer | undefined
    for (const client of this.#clients) {
      // A preview that waits is stale: who reads slowly gets fewer.
      if (!client.subscription?.previews.has(targetId) || client.socket.bufferedAmount > 0) continue
      frame ??= Buffer.from(
        JSON.stringify({
          type: 'target_preview',
          target_id: targetId,
          rgb: Buffer.from(rgb).toString('base64'),
        }),
      )
      client.sendFrame(frame)
    }
  }

  /** Sends a line of the server log to those who watch it; who reads slowly misses some. */
  publishLogLine(line: ServerLogLine): void {
    let frame: Buffer | undefined
    for (const client of this.#clients) {
      if (!client.subscription?.serverLog || client.socket.bufferedAmount > MAX_UNSENT_CATCH_UP_BYTES)
        continue
      frame ??= Buffer.from(JSON.stringify({ type: 'server_log', lines: [line] }))
      client.sendFrame(frame)
    }
  }

  #welcome(socket: WebSocket, transport: Duplex, request: IncomingMessage): void {
    const client = new Client(socket, transport, request.socket.remoteAddress ?? '')
    this.#clients.add(client)
    const authTimer = setTimeout(() => {
      if (!client.isAuthenticated) client.leave(CLOSE_UNAUTHORIZED, 'no auth message in time')
    }, this.#options.authTimeoutMs ?? AUTH_TIMEOUT_MS)
    authTimer.unref()
    socket.on('message', (data, isBinary) => this.#receive(client, request, data, isBinary))
    socket.on('pong', () => {
      client.isAlive = true
    })
    // `ws` answers a protocol error or a message too large with the right close by itself.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(authTimer)
      this.#clients.delete(client)
      client.generation += 1
      if (client.isCutOff) this.#cutOffCount += 1
      this.#previews.refresh(this.#clients)
    })
  }

  #receive(client: Client, request: IncomingMessage, data: RawData, isBinary: boolean): void {
    // What follows a message that was refused is not even read.
    if (!client.isOpen) return
    try {
      const message = parseMessage(data, isBinary)
      switch (message.type) {
        case 'auth':
          this.#authenticate(client, request, message.token)
          return
        case 'subscribe':
          this.#subscribe(client, message)
          return
        default:
          assertNever(message)
      }
    } catch (cause) {
      this.#reject(client, cause)
    }
  }

  #authenticate(client: Client, request: IncomingMessage, token: string | undefined): void {
    const { actor, role, keyId } = this.#options.authenticate(token, request)
    client.actor = actor
    client.role = role
    client.keyId = keyId
    client.isAuthenticated = true
    client.send({ type: 'auth_ok', actor, role, log_id: this.#logId, head_seq: this.#headSeq })
  }

  #subscribe(client: Client, message: Extract<ClientMessage, { type: 'subscribe' }>): void {
    if (!client.isAuthenticated) throw new LedGrabError('LG_AUTH_REQUIRED', 'send an auth message first')
    if (message.server_log === true && !hasRole(client.role, 'admin')) {
      throw new LedGrabError('LG_AUTH_FORBIDDEN', 'the server log needs a key with the role admin')
    }
    const { since_seq: sinceSeq, log_id: logId } = message
    client.generation += 1
    client.isLive = false
    client.subscription = {
      filters: fromSubscriptionFilters(message.filters ?? {}),
      previews: new Set(message.previews ?? []),
      serverLog: message.server_log === true,
    }
    this.#previews.refresh(this.#clients)
    if (client.subscription.serverLog) {
      client.send({ type: 'server_log', lines: this.#options.serverLog?.() ?? [] })
    }
    const isOtherLog = logId !== undefined && logId !== this.#logId
    if (sinceSeq !== undefined && (isOtherLog || sinceSeq > this.#headSeq)) {
      client.send({ type: 'reset', log_id: this.#logId, head_seq: this.#headSeq })
    } else if (sinceSeq !== undefined && sinceSeq < this.#headSeq) {
      client.cursorSeq = sinceSeq
      void this.#catchUp.run(client)
      return
    }
    client.cursorSeq = this.#headSeq
    client.isLive = true
  }

  #reject(client: Client, cause: unknown): void {
    const known = cause instanceof LedGrabError ? cause : undefined
    if (!known) this.#options.warn('a watcher message failed', { error: toErrorMessage(cause) })
    const { code, message, field } = known ?? {
      code: 'LG_INTERNAL',
      message: 'internal error',
      field: undefined,
    }
    client.send({ type: 'error', code, message, ...(field !== undefined && { field }) })
    const isAuth = code.startsWith('LG_AUTH')
    client.leave(isAuth ? CLOSE_UNAUTHORIZED : CLOSE_POLICY_VIOLATION, code)
  }

  #ping(): void {
    for (const client of this.#clients) {
      if (!client.isAlive) {
        client.socket.terminate()
        continue
      }
      client.isAlive = false
      client.socket.ping()
    }
  }
}
