import type { ColumnType, Generated } from 'kysely'
import type { Category, Severity } from '../protocol/activity.ts'

/** A row of `activity_log`. The only other shape of an entry is `ActivityEntry`. */
export interface ActivityRow {
  readonly seq: number
  /** Milliseconds since 1970, UTC. */
  readonly ts: number
  readonly category: Category
  readonly action: string
  readonly severity: Severity
  readonly actor: string
  readonly message: string
  readonly entity_type: string | null
  readonly entity_id: string | null
  readonly entity_name: string | null
  /** JSON text of an object. */
  readonly metadata: string
  /** SHA-256, 32 bytes; see `activity/chain.ts`. */
  readonly hash: Buffer
}

/** The one row that says which log this is and where its chain begins. */
export interface LogMetaRow {
  readonly id: 1
  /** UUID. */
  readonly log_id: string
  /** 32 random bits that entry ids are mixed with. */
  readonly salt: number
  /** Everything up to here was pruned or cleared; 0 at first. */
  readonly anchor_seq: number
  /** Hash of the entry at `anchor_seq`. */
  readonly anchor_hash: Buffer
}

/** One run of the server. */
export interface RunRow {
  readonly id: Generated<number>
  readonly started_ts: number
  readonly version: string
  readonly pid: number
  /** Null while it runs, and for ever after a crash. */
  readonly ended_ts: number | null
  /** Set once an unclean end was recorded, so that it is recorded once. */
  readonly crash_noted: number
}

/** A spill file that was brought into the log: it never is a second time. */
export interface SpillFileRow {
  /** The UUID in its name. */
  readonly id: string
  readonly ingested_ts: number
}

export interface ActivityDatabase {
  activity_log: ActivityRow
  log_meta: LogMetaRow
  runs: RunRow
  spills: SpillFileRow
}

export interface SettingRow {
  readonly key: string
  /** JSON. */
  readonly value: string
}

export interface DeviceRow {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly address: string
  readonly port: number
  readonly realtime_port: number | null
  readonly mac: string | null
  readonly led_count: number
  /** JSON of what the type needs besides. */
  readonly settings: string
  readonly created_ts: ColumnType<number, number, never>
}

export interface SourceRow {
  readonly id: string
  readonly name: string
  readonly type: string
  /** JSON of what the type needs besides. */
  readonly settings: string
  readonly created_ts: ColumnType<number, number, never>
}

export interface TargetRow {
  readonly id: string
  readonly name: string
  readonly device_id: string
  readonly source_id: string
  /** JSON. */
  readonly layout: string
  /** JSON. */
  readonly processing: string
  /** 1 while a person wants it to run; survives a restart. */
  readonly wanted: number
  readonly created_ts: ColumnType<number, number, never>
}

export interface SceneRow {
  readonly id: string
  readonly name: string
  /** JSON: what each light of it does. */
  readonly targets: string
  readonly created_ts: ColumnType<number, number, never>
}

export interface ApiKeyRow {
  readonly id: string
  readonly label: string
  readonly role: string
  /** SHA-256 of the key's text, 32 bytes. */
  readonly hash: Buffer
  readonly created_ts: number
  /** Null while it is valid. A revoked key stays, so that whoever still uses it is recognised. */
  readonly revoked_ts: number | null
}

export interface LedgrabDatabase {
  settings: SettingRow
  devices: DeviceRow
  sources: SourceRow
  targets: TargetRow
  scenes: SceneRow
  api_keys: ApiKeyRow
}
