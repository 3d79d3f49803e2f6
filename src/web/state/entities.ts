import { signal } from '@preact/signals'
import type { TargetState } from '../../protocol/server-events.ts'
import type { HttpClient } from '../api/http-client.ts'
import type { Device, FoundController, Scene, ServerEvent, Source, Target } from '../api/types.ts'

/** One target's last second, as the server tells it. */
type Stats = Extract<ServerEvent, { type: 'target_stats' }>

/** What is kept, by the list it is read from. */
type Noun = 'devices' | 'sources' | 'targets' | 'scenes' | 'found'

/** Devices, sources and targets as the server has them now; kept so by its events. */
export class Entities {
  readonly devices = signal<readonly Device[] | undefined>(undefined)
  readonly sources = signal<readonly Source[] | undefined>(undefined)
  readonly targets = signal<readonly Target[] | undefined>(undefined)
  readonly scenes = signal<readonly Scene[] | undefined>(undefined)
  readonly found = signal<readonly FoundController[]>([])
  readonly stats = signal<ReadonlyMap<string, Stats>>(new Map())
  readonly #http: HttpClient
  readonly #loading = new Map<Noun, Promise<void>>()
  /** Changed while they were being read. */
  readonly #stale = new Set<Noun>()

  constructor(http: HttpClient) {
    this.#http = http
  }

  /** Reads everything anew: at the start, and after a lost connection. */
  loadAll(): void {
    for (const noun of ['devices', 'sources', 'targets', 'scenes', 'found'] as const) void this.load(noun)
  }

  handle(event: ServerEvent): void {
    switch (event.type) {
      case 'entity_changed':
        if (event.entity_type !== 'key') void this.load(`${event.entity_type}s`)
        if (event.entity_type === 'device') void this.load('found')
        return
      case 'device_health_changed':
        void this.load('devices')
        return
      case 'device_discovered':
      case 'device_lost':
        void this.load('found')
        return
      case 'source_state_changed': {
        const { source_id, state, since, reason } = event
        this.sources.value = this.sources.value?.map((source) =>
          source.id === source_id ? { ...source, capture: { state, since, reason } } : source,
        )
        return
      }
      case 'target_state_changed':
        this.#setState(event.target_id, event.state)
        return
      case 'target_stats':
        this.stats.value = new Map(this.stats.value).set(event.target_id, event)
        return
      default:
    }
  }

  /** Reads one list; asked for while it is being read, once more after that. Resolves when it is as asked for. */
  load(noun: Noun): Promise<void> {
    const running = this.#loading.get(noun)
    if (running) {
      this.#stale.add(noun)
      return running
    }
    const done = this.#readUntilFresh(noun)
    this.#loading.set(noun, done)
    return done
  }

  async #readUntilFresh(noun: Noun): Promise<void> {
    try {
      do {
        this.#stale.delete(noun)
        await this.#read(noun)
      } while (this.#stale.has(noun))
    } catch {
      // Offline or logged out; both are shown, and both end in `loadAll`.
    } finally {
      this.#loading.delete(noun)
    }
  }

  async #read(noun: Noun): Promise<void> {
    switch (noun) {
      case 'devices':
        this.devices.value = await this.#http.get('/api/v1/devices')
        return
      case 'sources':
        this.sources.value = await this.#http.get('/api/v1/sources')
        return
      case 'targets':
        this.targets.value = await this.#http.get('/api/v1/targets')
        return
      case 'scenes':
        this.scenes.value = await this.#http.get('/api/v1/scenes')
        return
      case 'found':
        this.found.value = await this.#http.get('/api/v1/discovered')
    }
  }

  #setState(targetId: string, state: TargetState): void {
    this.targets.value = this.targets.value?.map((target) =>
      target.id === targetId ? { ...target, state } : target,
    )
    if (state === 'running') return
    const stats = new Map(this.stats.value)
    stats.delete(targetId)
    this.stats.value = stats
  }
}
