import { LedGrabError, toErrorMessage } from '../errors.ts'
import { definedOf, listChanges } from '../lib/changes.ts'
import { Serial } from '../lib/serial.ts'
import type { EntityRef, Recorder } from '../protocol/activity.ts'
import {
  Scene,
  type SceneApplied,
  type SceneCreate,
  type SceneOutcome,
  type SceneUpdate,
} from '../protocol/api-scenes.ts'
import type { TargetUpdate } from '../protocol/api-targets.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { EntityStore, StoredRow } from '../storage/entity-store.ts'
import type { TargetService, TargetSwitch } from './target-service.ts'

export interface SceneServiceOptions {
  readonly store: EntityStore<'scenes'>
  readonly targets: Pick<TargetService, 'list' | 'get' | 'assertChangeable' | 'switchTo'>
  readonly recorder: Recorder
  readonly publish: (event: BroadcastEvent) => void
  readonly nowMs?: () => number
}

type SceneTarget = Scene['targets'][number]

/** What was done to one target. */
interface Switched {
  readonly outcome: SceneOutcome
  readonly changes: TargetSwitch['changes']
}

/** Named sets of targets with their settings, switched at once. */
export class SceneService {
  readonly #options: SceneServiceOptions
  /** One scene at a time is changed or applied: two at once would leave a mixture. */
  readonly #serial = new Serial()

  constructor(options: SceneServiceOptions) {
    this.#options = options
  }

  async list(): Promise<readonly Scene[]> {
    return (await this.#options.store.list()).map(toScene)
  }

  /** @throws `LG_ENTITY_NOT_FOUND` */
  async get(id: string): Promise<Scene> {
    return toScene(await this.#options.store.get(id))
  }

  /** Without targets it is what all of them do now. @throws `LG_ENTITY_NAME_TAKEN`, `LG_REQUEST_INVALID` */
  async create({ name, targets: given }: SceneCreate): Promise<Scene> {
    return await this.#serial.run('scenes', async () => {
      const { store, recorder, nowMs } = this.#options
      const targets = given ?? (await this.#readTargets())
      await this.#assertPossible(targets)
      const row = {
        id: store.newId(),
        name,
        targets: JSON.stringify(targets),
        created_ts: (nowMs ?? Date.now)(),
      }
      await store.insert(row)
      const scene = toScene(row)
      recorder.record('entity', 'entity_created', {
        message: `The scene "${name}" was added.`,
        entity: toEntityRef(scene),
        metadata: { targets: targets.map(({ target_id }) => target_id) },
      })
      this.#announce(scene.id, 'created')
      return scene
    })
  }

  /** @throws `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_NAME_TAKEN`, `LG_REQUEST_INVALID` */
  async update(id: string, input: SceneUpdate): Promise<Scene> {
    return await this.#serial.run('scenes', async () => {
      const { store, recorder } = this.#options
      const before = await this.get(id)
      const after: Scene = { ...before, ...definedOf(input) }
      await this.#assertPossible(input.targets ?? [])
      const isRenamed = after.name !== before.name
      const isChanged = JSON.stringify(after.targets) !== JSON.stringify(before.targets)
      if (!isRenamed && !isChanged) return before
      await store.update(id, { name: after.name, targets: JSON.stringify(after.targets) })
      const what = [isRenamed && `name from "${before.name}" to "${after.name}"`, isChanged && 'lights']
      recorder.record('entity', 'entity_updated', {
        message: `The scene "${after.name}" was changed: ${what.filter(Boolean).join(', ')}.`,
        entity: toEntityRef(after),
        metadata: { changes: listChanges(before, after, ['name', 'targets']) },
      })
      this.#announce(id, 'updated')
      return after
    })
  }

  /** @throws `LG_ENTITY_NOT_FOUND` */
  async delete(id: string): Promise<void> {
    await this.#serial.run('scenes', async () => {
      const scene = await this.get(id)
      await this.#options.store.delete(id)
      this.#options.recorder.record('entity', 'entity_deleted', {
        message: `The scene "${scene.name}" was removed.`,
        entity: toEntityRef(scene),
        metadata: {},
      })
      this.#announce(id, 'deleted')
    })
  }

  /**
   * Switches all its targets side by side: one that fails, or takes its time, holds up none but those of its own
   * device, where the one that goes off makes way for the one that goes on.
   *
   * @throws `LG_ENTITY_NOT_FOUND`; `LG_REQUEST_INVALID` when its settings do not fit any more: nothing is changed then
   */
  async apply(id: string): Promise<SceneApplied> {
    return await this.#serial.run('scenes', async () => {
      const scene = await this.get(id)
      await this.#assertPossible(scene.targets)
      const done = await this.#switchAll(scene.targets)
      const outcomes = done.map(({ outcome }) => outcome)
      this.#options.recorder.record('capture', 'scene_applied', {
        message: `The scene "${scene.name}" was switched on: ${tellOutcomes(outcomes)}.`,
        severity: outcomes.some(({ outcome }) => outcome === 'failed') ? 'warning' : 'info',
        entity: toEntityRef(scene),
        metadata: {
          targets: done.map(({ outcome: { target_id, name, outcome, error }, changes }) => ({
            target_id,
            name,
            outcome,
            ...(error && { reason: error.message }),
            ...(Object.keys(changes).length > 0 && { changes }),
          })),
        },
      })
      return { scene, targets: outcomes }
    })
  }

  /** Takes a deleted target out of all scenes; one without any other goes with it. */
  async forgetTarget(target: Pick<EntityRef, 'id' | 'name'>): Promise<void> {
    await this.#serial.run('scenes', async () => {
      for (const scene of await this.list()) {
        const others = scene.targets.filter(({ target_id }) => target_id !== target.id)
        if (others.length < scene.targets.length) await this.#loseTarget(scene, target, others)
      }
    })
  }

  async #loseTarget(
    scene: Scene,
    { id, name }: Pick<EntityRef, 'id' | 'name'>,
    others: readonly SceneTarget[],
  ): Promise<void> {
    const { store, recorder } = this.#options
    const entity = toEntityRef(scene)
    const target = { target_id: id, target_name: name }
    if (others.length > 0) {
      await store.update(scene.id, { targets: JSON.stringify(others) })
      recorder.record('entity', 'entity_updated', {
        message: `The scene "${scene.name}" was changed: the light "${name}" is no longer there.`,
        entity,
        metadata: target,
      })
    } else {
      await store.delete(scene.id)
      recorder.record('entity', 'entity_deleted', {
        message: `The scene "${scene.name}" was removed with "${name}", its only light.`,
        entity,
        metadata: target,
      })
    }
    this.#announce(scene.id, others.length > 0 ? 'updated' : 'deleted')
  }

  /** @throws `LG_ENTITY_IN_USE` */
  async assertSourceUnused(sourceId: string): Promise<void> {
    const user = (await this.list()).find(({ targets }) =>
      targets.some(({ source_id }) => source_id === sourceId),
    )
    if (user === undefined) return
    throw new LedGrabError(
      'LG_ENTITY_IN_USE',
      `the scene "${user.name}" uses this source; change the scene first`,
    )
  }

  async #readTargets(): Promise<readonly SceneTarget[]> {
    const targets = await this.#options.targets.list()
    if (targets.length === 0) {
      throw new LedGrabError('LG_REQUEST_INVALID', 'targets: there are no targets to make a scene of', {
        field: 'targets',
      })
    }
    return targets.map(({ id, state, source_id, processing }) => ({
      target_id: id,
      is_on: state !== 'stopped',
      source_id,
      processing,
    }))
  }

  async #assertPossible(targets: readonly SceneTarget[]): Promise<void> {
    for (const [index, target] of targets.entries()) {
      try {
        await this.#options.targets.assertChangeable(target.target_id, toUpdate(target))
      } catch (cause) {
        const isKnown = cause instanceof LedGrabError
        if (!isKnown) throw cause
        const own = cause.code === 'LG_ENTITY_NOT_FOUND' ? 'target_id' : cause.field
        const field = ['targets', index, own].filter((part) => part !== undefined).join('.')
        const text =
          own !== undefined && cause.message.startsWith(`${own}: `)
            ? cause.message.slice(own.length + 2)
            : cause.message
        throw new LedGrabError('LG_REQUEST_INVALID', `${field}: ${text}`, { cause, field })
      }
    }
  }

  /** @returns what was done to each, in their order. */
  async #switchAll(targets: readonly SceneTarget[]): Promise<readonly Switched[]> {
    const deviceOf = new Map((await this.#options.targets.list()).map(({ id, device_id }) => [id, device_id]))
    const done = new Map<SceneTarget, Switched>()
    // Off before on.
    const inOrder = targets.toSorted((a, b) => Number(a.is_on) - Number(b.is_on))
    const devices = new Serial()
    await Promise.all(
      inOrder.map((one) =>
        devices.run(deviceOf.get(one.target_id) ?? '', async () => {
          done.set(one, await this.#switch(one))
        }),
      ),
    )
    return targets.flatMap((one) => done.get(one) ?? [])
  }

  async #switch(target: SceneTarget): Promise<Switched> {
    const { target_id, is_on } = target
    const name = await this.#options.targets.get(target_id).then(
      ({ name }) => name,
      () => target_id,
    )
    const toFailed = (cause: unknown, changes: Switched['changes']): Switched => {
      const code = cause instanceof LedGrabError ? cause.code : 'LG_INTERNAL'
      const error = { code, message: toErrorMessage(cause) }
      return { outcome: { target_id, name, outcome: 'failed', error }, changes }
    }
    try {
      const { targets } = this.#options
      const { changes, isSwitched, failure } = await targets.switchTo(target_id, is_on, toUpdate(target))
      if (failure !== undefined) return toFailed(failure, changes)
      const isChanged = Object.keys(changes).length > 0
      const outcome = isSwitched ? (is_on ? 'started' : 'stopped') : isChanged ? 'changed' : 'unchanged'
      return { outcome: { target_id, name, outcome, error: null }, changes }
    } catch (cause) {
      return toFailed(cause, {})
    }
  }

  #announce(id: string, change: 'created' | 'updated' | 'deleted'): void {
    this.#options.publish({ type: 'entity_changed', entity_type: 'scene', entity_id: id, change })
  }
}

function toUpdate({ source_id, processing }: SceneTarget): TargetUpdate {
  return { processing, ...(source_id !== null && { source_id }) }
}

/** `2 started, 1 unchanged`; failures with their reasons. */
function tellOutcomes(outcomes: readonly SceneOutcome[]): string {
  const counts = (['started', 'stopped', 'changed', 'unchanged'] as const).flatMap((wanted) => {
    const count = outcomes.filter(({ outcome }) => outcome === wanted).length
    return count > 0 ? [`${count} ${wanted}`] : []
  })
  const failures = outcomes.flatMap(({ name, error }) =>
    error ? [`"${name}" failed (${error.message})`] : [],
  )
  return [...counts, ...failures].join(', ')
}

function toScene(row: StoredRow<'scenes'>): Scene {
  return Scene.parse({
    id: row.id,
    name: row.name,
    targets: JSON.parse(row.targets),
    created_at: new Date(row.created_ts).toISOString(),
  })
}

function toEntityRef({ id, name }: Scene): EntityRef {
  return { type: 'scene', id, name }
}
