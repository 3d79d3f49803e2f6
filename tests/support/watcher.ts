import { once } from 'node:events'
import { WebSocket } from 'ws'
import { waitFor } from './wait-for.ts'

export interface WatcherEvent {
  readonly type: string
  readonly seq?: number
  readonly [field: string]: unknown
}

export interface WatchOptions {
  readonly token?: string
  readonly subscribe?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A client of the event socket that keeps all it hears. */
export class Watcher {
  readonly socket: WebSocket
  readonly events: WatcherEvent[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/events/ws`, { headers })
    this.socket.on('message', (data) => this.events.push(JSON.parse(String(data))))
    this.socket.on('error', () => {})
    this.closed = once(this.socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }))
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  async waitForType(type: string): Promise<WatcherEvent> {
    return await waitFor(() => this.events.find((event) => event.type === type), `an event ${type}`)
  }

  /** The entries heard so far, as their `seq`. */
  seqs(): readonly number[] {
    return this.events.flatMap(({ type, seq }) =>
      type === 'activity_logged' && seq !== undefined ? [seq] : [],
    )
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.closed
  }
}

/** Connects, authenticates and subscribes. */
export async function watch(url: string, options: WatchOptions = {}): Promise<Watcher> {
  const watcher = new Watcher(url, options.headers)
  await once(watcher.socket, 'open')
  watcher.say({ type: 'auth', ...(options.token !== undefined && { token: options.token }) })
  await watcher.waitForType('auth_ok')
  watcher.say({ type: 'subscribe', ...options.subscribe })
  return watcher
}
