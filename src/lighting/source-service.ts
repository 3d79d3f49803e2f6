import { LedGrabError } from '../errors.ts'
import { definedOf, listChanges, tellChanges } from '../lib/changes.ts'
import { Serial } from '../lib/serial.ts'
import type { Recorder } from '../protocol/activity.ts'
import {
  type Source,
  type SourceCreate,
  SourceSettingsSchema,
  type SourceUpdate,
} from '../protocol/api-sources.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { SourceSettings } from '../protocol/worker-messages.ts'
import type { EntityStore, StoredRow } from '../storage/entity-store.ts'

export interface SourceServiceOptions {
  readonly store: EntityStore<'sources'>
  readonly recorder: Recorder
  readonly publish: (event: BroadcastEvent) => void
  /** Told after a source was changed. */
  readonly onChanged: (source: Source) => Promise<void>
  readonly nowMs?: () => number
}

/** What people have set up to give frames. */
export class SourceService {
  readonly #options: SourceServiceOptions
  readonly #serial = new Serial()

  constructor(options: SourceServiceOptions) {
    this.#options = options
  }

  async list(): Promise<readonly Source[]> {
    return (await this.#options.store.list()).map(toSource)
  }

  /** @throws `LG_ENTITY_NOT_FOUND` */
  async get(id: string): Promise<Source> {
    return toSource(await this.#options.store.get(id))
  }

  /** @throws `LG_ENTITY_NAME_TAKEN` */
  async create(input: SourceCreate): Promise<Source> {
    const { store, recorder, nowMs } = this.#options
    const { name, ...settings } = input
    const row = {
      id: store.newId(),
      name,
      type: input.type,
      settings: JSON.stringify(settings),
      created_ts: (nowMs ?? Date.now)(),
    }
    await store.insert(row)
    const source = toSource(row)
    recorder.record('entity', 'entity_created', {
      message: `The source "${name}" was added.`,
      entity: { type: 'source', id: source.id, name },
      metadata: settings,
    })
    this.#announce(source.id, 'created')
    return source
  }

  /** @throws `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_NAME_TAKEN`, `LG_REQUEST_INVALID` */
  async update(id: string, input: SourceUpdate): Promise<Source> {
    return await this.#serial.run(id, async () => {
      const { store, recorder } = this.#options
      const before = await this.get(id)
      if (input.display !== undefined && before.type !== 'screen') {
        throw new LedGrabError('LG_REQUEST_INVALID', 'display: only a screen has one', { field: 'display' })
      }
      const after: Source = { ...before, ...definedOf(input) }
      const changes = listChanges(before, after, ['name', 'fps', 'display'])
      if (Object.keys(changes).length === 0) return before
      await store.update(id, { name: after.name, settings: JSON.stringify(toSourceSettings(after)) })
      recorder.record('entity', 'entity_updated', {
        message: `The source "${after.name}" was changed: ${tellChanges(changes)}.`,
        entity: { type: 'source', id, name: after.name },
        metadata: { changes },
      })
      this.#announce(id, 'updated')
      await this.#options.onChanged(after)
      return after
    })
  }

  /** @throws `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_IN_USE` */
  async delete(id: string): Promise<void> {
    await this.#serial.run(id, async () => {
      const source = await this.get(id)
      await this.#options.store.delete(id)
      this.#options.recorder.record('entity', 'entity_deleted', {
        message: `The source "${source.name}" was removed.`,
        entity: { type: 'source', id, name: source.name },
        metadata: { type: source.type },
      })
      this.#announce(id, 'deleted')
    })
  }

  #announce(id: string, change: 'created' | 'updated' | 'deleted'): void {
    this.#options.publish({ type: 'entity_changed', entity_type: 'source', entity_id: id, change })
  }
}

/** The settings of a source as its capture worker takes them. */
export function toSourceSettings(source: Source): SourceSettings {
  return source.type === 'screen'
    ? { type: 'screen', display: source.display ?? null, fps: source.fps }
    : { type: 'testcard', fps: source.fps }
}

function toSource(row: StoredRow<'sources'>): Source {
  const settings = SourceSettingsSchema.parse(JSON.parse(row.settings))
  return { id: row.id, name: row.name, ...settings, created_at: new Date(row.created_ts).toISOString() }
}
