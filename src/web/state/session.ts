import { computed, signal } from '@preact/signals'
import { hasRole, type Role } from '../../protocol/server-events.ts'
import { ApiError, toApiError } from '../api/api-error.ts'
import { HttpClient } from '../api/http-client.ts'

const STORAGE_KEY = 'ledgrab.key'

export interface Identity {
  readonly actor: string
  readonly role: Role
}

/** Why somebody is asked for a key. */
export type LoginReason = 'needed' | 'refused' | 'ended' | 'left'

/** Who the page speaks for: an API key kept for this tab or on this machine, or nobody where none is needed. */
export class Session {
  readonly identity = signal<Identity | undefined>(undefined)
  /** Set while the page must ask for a key. */
  readonly login = signal<LoginReason | undefined>(undefined)
  readonly role = computed(() => this.identity.value?.role)
  #token: string | undefined
  /** While the first key is being made, the server ends what came without one. */
  #isChanging = false

  constructor() {
    this.#token = sessionStorage.getItem(STORAGE_KEY) ?? localStorage.getItem(STORAGE_KEY) ?? undefined
  }

  get token(): string | undefined {
    return this.#token
  }

  /** Asks for a key at once where one is needed and none is kept: a try without one is an entry of the log. */
  async start(): Promise<void> {
    if (this.#token !== undefined) return
    const client = new HttpClient({ token: () => undefined, onUnauthorized: () => {} })
    const health = await client.get<{ readonly auth_required: boolean }>('/health').catch(() => undefined)
    if (health?.auth_required) this.login.value = 'needed'
  }

  can(needed: Role): boolean {
    const role = this.role.value
    return role !== undefined && hasRole(role, needed)
  }

  /**
   * Tries a key and keeps it when it counts: in this tab, or on this machine when `remember`.
   *
   * @throws ApiError, with the status 401 for a key that is not valid
   */
  async logIn(token: string, remember: boolean): Promise<void> {
    await this.#assertCounts(token)
    this.#keep(token, remember)
    this.login.value = undefined
  }

  /** Forgets the key. */
  logOut(reason: LoginReason = 'left'): void {
    this.#forget()
    this.identity.value = undefined
    this.login.value = reason
  }

  /** The server refuses whoever sends `token`: the key was revoked, or one is needed from now on. */
  refuse(token: string | undefined): void {
    // Sent before this page was given another key.
    if (token !== this.#token || this.#isChanging) return
    this.logOut(this.#token === undefined ? 'needed' : this.identity.value ? 'ended' : 'refused')
  }

  /**
   * Runs `make`, which makes the first key and so ends access without one, and goes on with the key
   * it made, in this tab.
   */
  async adopt<T extends { readonly key: string }>(make: () => Promise<T>): Promise<T> {
    this.#isChanging = true
    try {
      const made = await make()
      this.#keep(made.key, false)
      return made
    } finally {
      this.#isChanging = false
    }
  }

  async #assertCounts(token: string): Promise<void> {
    if (!/^\S{1,200}$/.test(token)) throw new ApiError(401, 'LG_AUTH_REQUIRED', 'this API key is not valid')
    const client = new HttpClient({ token: () => token, onUnauthorized: () => {} })
    await client.get('/api/v1/activity-log/settings').catch((cause) => {
      throw toApiError(cause)
    })
  }

  #keep(token: string, remember: boolean): void {
    this.#forget()
    this.#token = token
    ;(remember ? localStorage : sessionStorage).setItem(STORAGE_KEY, token)
  }

  #forget(): void {
    this.#token = undefined
    sessionStorage.removeItem(STORAGE_KEY)
    localStorage.removeItem(STORAGE_KEY)
  }
}
