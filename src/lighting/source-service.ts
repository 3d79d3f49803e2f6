import { LedGrabError } from '../errors.ts'
import { definedOf, listChanges, tellChanges } from '../lib/changes.ts'
import { Serial } from '../lib/serial.ts'
import type { Recorder } from '../protocol/activity.ts'
import { type Source, type SourceCreate, SourceSettings, type SourceUpdate } from '../protocol/api-sources.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import { toShownLocation } from '../protocol/video-location.ts'
import { isMaskedLocation, toMaskedLocation } from '../protocol/video-secrets.ts'
import type { EntityStore, StoredRow } from '../storage/entity-store.ts'

export interface SourceServiceOptions {
  readonly store: EntityStore<'sources'>
  readonly recorder: Recorder
  readonly publish: (event: BroadcastEvent) => void
  /** Told after a source was changed. */
  readonly onChanged: (source: Source) => void
  /** @throws `LG_ENTITY_IN_USE` when something else needs the source. */
  readonly assertUnused: (id: string) => Promise<void>
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

  /** @throws `LG_ENTITY_NAME_TAKEN`, `LG_REQUEST_INVALID` */
  async create(input: SourceCreate): Promise<Source> {
    const { store, recorder, nowMs } = this.#options
    const { name, ...settings } = input
    assertWholeLocation(settings)
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
      metadata: toShownSettings(toSourceSettings(source)),
    })
    this.#announce(source.id, 'created')
    return source
  }

  /** @throws `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_NAME_TAKEN`, `LG_REQUEST_INVALID` */
  async update(id: string, input: SourceUpdate): Promise<Source> {
    return await this.#serial.run(id, async () => {
      const { store, recorder } = this.#options
      const before = await this.get(id)
      const { name = before.name, ...patch } = definedOf(input)
      const settings = toSourceSettings(before)
      const changed = applyPatch(settings, patch)
      const after: Source = { ...before, ...changed, name }
      const changes = listChanges(before, after, Object.keys({ name, ...settings }) as (keyof Source)[])
      const shown = listChanges(
        { name: before.name, ...toShownSettings(settings) },
        { name, ...toShownSettings(changed) },
        Object.keys(changes) as (keyof SourceSettings)[],
      )
      if (Object.keys(changes).length === 0) return before
      await store.update(id, { name: after.name, settings: JSON.stringify(changed) })
      recorder.record('entity', 'entity_updated', {
        message: `The source "${after.name}" was changed: ${tellChanges(shown)}.`,
        entity: { type: 'source', id, name: after.name },
        metadata: { changes: shown },
      })
      this.#announce(id, 'updated')
      this.#options.onChanged(after)
      return after
    })
  }

  /** @throws `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_IN_USE` */
  async delete(id: string): Promise<void> {
    await this.#serial.run(id, async () => {
      const source = await this.get(id)
      await this.#options.assertUnused(id)
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
  const { id: _id, name: _name, created_at: _createdAt, ...settings } = source
  return settings
}

/** For the log: an address may hold a password. */
function toShownSettings(settings: SourceSettings): SourceSettings {
  return settings.type === 'video' ? { ...settings, location: toShownLocation(settings.location) } : settings
}

/** @throws `LG_REQUEST_INVALID` naming a setting that sources of this type do not have. */
function applyPatch(settings: SourceSettings, patch: object): SourceSettings {
  const foreign = Object.keys(patch).find((field) => !(field in settings))
  if (foreign !== undefined) {
    throw new LedGrabError(
      'LG_REQUEST_INVALID',
      `${foreign}: a source of type ${settings.type} has no such setting`,
      { field: foreign },
    )
  }
  const changed = SourceSettings.parse({ ...settings, ...patch })
  if (changed.type === 'video' && settings.type === 'video') {
    // Whoever edits a source gives back the address as they were shown it.
    const isAsShown = changed.location === toMaskedLocation(settings.location)
    if (isAsShown) return { ...changed, location: settings.location }
  }
  assertWholeLocation(changed)
  return changed
}

/** @throws `LG_REQUEST_INVALID` */
function assertWholeLocation(settings: SourceSettings): void {
  if (settings.type !== 'video' || !isMaskedLocation(settings.location)) return
  throw new LedGrabError(
    'LG_REQUEST_INVALID',
    'location: *** stands for a secret that is not shown; give the whole address',
    { field: 'location' },
  )
}

function toSource(row: StoredRow<'sources'>): Source {
  const settings = SourceSettings.parse(JSON.parse(row.settings))
  return { id: row.id, name: row.name, ...settings, created_at: new Date(row.created_ts).toISOString() }
}
