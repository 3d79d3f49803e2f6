import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { LedGrabError } from '../errors.ts'
import { withDeadline } from '../lib/deadline.ts'
import { ActivityEntrySchema } from '../protocol/api-log.ts'
import type { ClientMessage } from '../protocol/client-messages.ts'
import { CLOSE_FORBIDDEN_ORIGIN, CLOSE_UNAUTHORIZED } from '../protocol/server-events.ts'
import { neutralizeText } from '../protocol/text.ts'
import { type ApiAddress, notLedGrab, readRefusal, toUnreachable, USER_AGENT } from './api-client.ts'

const CONNECT_TIMEOUT_MS = 10_000
/** The server pings every 30 s; silent for longer than two of them, it is gone. */
const SILENCE_MS = 75_000
const CLOSE_POLICY_VIOLATION = 1008
/** Coming back would be answered the same. */
const FINAL_CLOSES: readonly number[] = [CLOSE_UNAUTHORIZED, CLOSE_FORBIDDEN_ORIGIN, CLOSE_POLICY_VIOLATION]

const Greeting = z.object({ type: z.literal('auth_ok'), log_id: z.string(), head_seq: z.int() })
const Refusal = z.object({ type: z.literal('error'), message: z.string() })

/** What commands listen to; other events pass by. */
const SocketEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('activity_logged'), seq: z.int(), entry: ActivityEntrySchema }),
  z.object({ type: z.literal('gap'), from: z.int(), to: z.int() }),
  z.object({ type: z.literal('reset'), log_id: z.string(), head_seq: z.int() }),
  z.object({
    type: z.literal('job_progress'),
    job: z.string(),
    state: z.enum(['running', 'done', 'failed']),
    done: z.int(),
    total: z.int(),
  }),
  Refusal,
])
export type SocketEvent = z.infer<typeof SocketEvent>

type Subscription = Omit<Extract<ClientMessage, { type: 'subscribe' }>, 'type'>

/** A connection to `/api/v1/events/ws` that has said who it is. */
export class EventSocket {
  readonly #socket: WebSocket
  readonly #address: ApiAddress
  /** Resolves when the connection has ended, rejects when it is of no use to come back. */
  readonly closed: Promise<void>
  #logId = ''
  #refusal: string | undefined
  #onEvent: (event: SocketEvent) => void = () => {}
  #onGreeting: (greeting: z.infer<typeof Greeting>) => void = () => {}

  private constructor(socket: WebSocket, address: ApiAddress) {
    this.#socket = socket
    this.#address = address
    const silence = setTimeout(() => socket.terminate(), SILENCE_MS)
    socket.on('ping', () => silence.refresh())
    socket.on('message', (data) => {
      silence.refresh()
      this.#receive(String(data))
    })
    this.closed = new Promise((resolve, reject) => {
      socket.once('close', (code) => {
        clearTimeout(silence)
        if (FINAL_CLOSES.includes(code)) reject(this.#toRefusal(code))
        else resolve()
      })
    })
    // Whoever waits hears of it; nobody has to.
    this.closed.catch(() => {})
  }

  /**
   * @throws `LG_SERVER_UNREACHABLE` when it may work later; `LG_CLI_FAILED` with the server's own words
   */
  static async connect(address: ApiAddress, signal?: AbortSignal): Promise<EventSocket> {
    const socket = await open(address, signal)
    const events = new EventSocket(socket, address)
    try {
      await withDeadline(events.#authenticate(), CONNECT_TIMEOUT_MS, 'the answer to the key')
      signal?.throwIfAborted()
      return events
    } catch (cause) {
      socket.terminate()
      throw cause instanceof LedGrabError && cause.code === 'LG_TIMEOUT'
        ? toUnreachable(address, cause)
        : cause
    }
  }

  /** Which log the server writes. */
  get logId(): string {
    return this.#logId
  }

  /** From here on events come, in order. Once only. */
  subscribe(subscription: Subscription, onEvent: (event: SocketEvent) => void): void {
    this.#onEvent = onEvent
    this.#send({ type: 'subscribe', ...subscription })
  }

  /** Ends the connection without waiting for the server. */
  close(): void {
    this.#onEvent = () => {}
    this.#socket.close(1000)
    this.#socket.terminate()
  }

  async #authenticate(): Promise<void> {
    const greeted = new Promise<void>((resolve) => {
      this.#onGreeting = ({ log_id }) => {
        this.#logId = log_id
        resolve()
      }
    })
    const { key } = this.#address
    this.#send({ type: 'auth', ...(key !== undefined && { token: key }) })
    const ended = this.closed.then(() => {
      throw toUnreachable(this.#address, new Error('it closed the connection'))
    })
    await Promise.race([greeted, ended])
  }

  #send(message: ClientMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #receive(text: string): void {
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      return
    }
    const greeting = Greeting.safeParse(message)
    if (greeting.success) {
      this.#onGreeting(greeting.data)
      return
    }
    const event = SocketEvent.safeParse(message)
    if (!event.success) return
    if (event.data.type === 'error') this.#refusal = neutralizeText(event.data.message)
    else this.#onEvent(event.data)
  }

  #toRefusal(code: number): LedGrabError {
    return new LedGrabError('LG_CLI_FAILED', this.#refusal ?? `the server closed the connection with ${code}`)
  }
}

async function open(address: ApiAddress, signal: AbortSignal | undefined): Promise<WebSocket> {
  let socket: WebSocket
  try {
    const url = new URL('/api/v1/events/ws', address.url)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    socket = new WebSocket(url, {
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      headers: { 'user-agent': USER_AGENT },
    })
  } catch (cause) {
    throw toUnreachable(address, cause)
  }
  const onAbort = (): void => socket.terminate()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    await opened(socket, address)
    // Once open, an error is followed by the close that tells of it.
    socket.on('error', () => {})
    return socket
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

async function opened(socket: WebSocket, address: ApiAddress): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.on('error', (cause) => reject(toUnreachable(address, cause)))
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      void toHandshakeError(response, address).then((error) => {
        reject(error)
        socket.terminate()
      })
    })
  })
}

/** A server that is just starting or stopping says 503. */
async function toHandshakeError(response: IncomingMessage, address: ApiAddress): Promise<LedGrabError> {
  if (response.statusCode === 404) return notLedGrab()
  const refusal = await readRefusal(response)
  return response.statusCode === 503
    ? toUnreachable(address, new Error('it is stopping'))
    : new LedGrabError('LG_CLI_FAILED', refusal)
}
