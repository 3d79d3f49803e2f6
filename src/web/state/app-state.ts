import { effect, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type ConnectionState, EventSocket, type SocketLike } from '../api/event-socket.ts'
import { HttpClient } from '../api/http-client.ts'
import type { ServerEvent } from '../api/types.ts'
import { I18n } from '../i18n/i18n.ts'
import { Router } from '../lib/router.ts'
import { createTheme } from '../lib/theme.ts'
import { Toasts } from '../ui/toasts.ts'
import { Entities } from './entities.ts'
import { Previews } from './previews.ts'
import { Session } from './session.ts'

const EVENTS_PATH = '/api/v1/events/ws'
const TICK_MS = 10_000
/** How soon the page comes back with a key it has just been given. */
const ADOPT_MS = 300

/** Everything the page knows; made once, in `main.tsx`. */
export class AppState {
  readonly session = new Session()
  readonly router = new Router()
  readonly i18n = new I18n()
  readonly theme = createTheme()
  readonly toasts = new Toasts()
  readonly connection = signal<ConnectionState>({ kind: 'idle' })
  /** For relative times; ticks every ten seconds. */
  readonly nowMs = signal(Date.now())
  readonly http = new HttpClient({
    token: () => this.session.token,
    onUnauthorized: (token) => this.session.refuse(token),
  })
  readonly entities = new Entities(this.http)
  readonly previews = new Previews((ids) => this.socket.setPreviews(ids))
  readonly socket = new EventSocket({
    createSocket: () => openSocket(new URL(EVENTS_PATH, location.href.replace(/^http/, 'ws'))),
    token: () => this.session.token,
    onEvent: (event) => this.#handle(event),
    onState: (state) => {
      this.connection.value = state
      if (state.kind === 'refused') this.#handleRefusal(state.token)
    },
  })
  readonly #listeners = new Set<(event: ServerEvent) => void>()

  start(): void {
    this.router.start()
    setInterval(() => {
      this.nowMs.value = Date.now()
    }, TICK_MS)
    window.addEventListener('online', () => this.#reconnect())
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#reconnect()
    })
    effect(() => {
      if (this.session.login.value === undefined) this.socket.connect()
      else this.socket.disconnect()
    })
  }

  /** Calls `listener` with every event of the server until the returned function is called. */
  listen(listener: (event: ServerEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #handle(event: ServerEvent): void {
    if (event.type === 'auth_ok') {
      this.session.identity.value = { actor: event.actor, role: event.role }
      this.entities.loadAll()
    } else if (event.type === 'target_preview') {
      this.previews.show(event.target_id, event.rgb)
      return
    }
    this.entities.handle(event)
    for (const listener of this.#listeners) listener(event)
  }

  /** Whoever comes back to the page should not wait for the next try. */
  #reconnect(): void {
    if (this.connection.value.kind === 'waiting') this.socket.connect()
  }

  #handleRefusal(token: string | undefined): void {
    this.session.refuse(token)
    // The first key, made this moment, ends what came without one; the page goes on with it.
    if (this.session.login.value === undefined) setTimeout(() => this.socket.connect(), ADOPT_MS)
  }
}

/** The browser's own types ask for the event's argument, which is not used. */
function openSocket(url: URL): SocketLike {
  return new WebSocket(url) as unknown as SocketLike
}

const Context = createContext<AppState | undefined>(undefined)
export const AppProvider = Context.Provider

export function useApp(): AppState {
  const app = useContext(Context)
  if (!app) throw new Error('useApp outside of AppProvider')
  return app
}
