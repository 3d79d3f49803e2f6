import type { Kysely } from 'kysely'
import type { ActivityDatabase } from '../storage/row-types.ts'
import type { DatabaseSource } from './repository.ts'

/** A run that ended without being stopped. */
export interface CrashedRun {
  readonly id: number
  readonly startedMs: number
  readonly version: string
}

/** Enough to tell a crash from the one before it; the log has the rest. */
const RUNS_KEPT = 100

/** The register of server runs in `activity.db`: how a crash is noticed. */
export class RunRegister {
  readonly #source: DatabaseSource
  #runId: number | undefined

  constructor(source: DatabaseSource) {
    this.#source = source
  }

  get #db(): Kysely<ActivityDatabase> {
    return this.#source.db
  }

  get hasBegun(): boolean {
    return this.#runId !== undefined
  }

  /**
   * Runs left open that no entry tells of yet, oldest first. An entry that was committed just
   * before the next crash counts as told.
   */
  async findCrashed(): Promise<readonly CrashedRun[]> {
    const rows = await this.#db
      .selectFrom('runs')
      .select(['id', 'started_ts', 'version'])
      .where('ended_ts', 'is', null)
      .where('crash_noted', '=', 0)
      .orderBy('id')
      .execute()
    const told = await this.#db
      .selectFrom('activity_log')
      .select('entity_id')
      .where('entity_type', '=', 'run')
      .where('entity_id', 'in', ['', ...rows.map(({ id }) => String(id))])
      .execute()
    const toldIds = new Set(told.map(({ entity_id }) => entity_id))
    return rows
      .filter(({ id }) => !toldIds.has(String(id)))
      .map(({ id, started_ts, version }) => ({ id, startedMs: started_ts, version }))
  }

  /** Call once the entries about them are committed. */
  async markCrashesNoted(): Promise<void> {
    await this.#db
      .updateTable('runs')
      .set({ crash_noted: 1 })
      .where('ended_ts', 'is', null)
      .where('id', '!=', this.#runId ?? -1)
      .execute()
  }

  async begin(nowMs: number, version: string): Promise<void> {
    const { id } = await this.#db
      .insertInto('runs')
      .values({ started_ts: nowMs, version, pid: process.pid, ended_ts: null, crash_noted: 0 })
      .returning('id')
      .executeTakeFirstOrThrow()
    this.#runId = id
    await this.#db
      .deleteFrom('runs')
      .where('id', '<=', id - RUNS_KEPT)
      .execute()
  }

  /** Marks this run as stopped in order. */
  async end(nowMs: number): Promise<void> {
    if (this.#runId === undefined) return
    await this.#db.updateTable('runs').set({ ended_ts: nowMs }).where('id', '=', this.#runId).execute()
  }
}
