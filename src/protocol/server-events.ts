import type { ActivityEntry } from './activity.ts'
import type { SourceCapture } from './api-sources.ts'
import type { ServerLogLine } from './server-log.ts'
import type { FoundController, TargetStats } from './worker-messages.ts'

/**
 * Every type of event a watcher may get: the one allowlist that server and page share. A test
 * compares it with what the server emits.
 */
export const SERVER_EVENT_TYPES = [
  'auth_ok',
  'activity_logged',
  'gap',
  'reset',
  'device_discovered',
  'device_lost',
  'device_health_changed',
  'entity_changed',
  'source_state_changed',
  'target_state_changed',
  'target_stats',
  'target_preview',
  'job_progress',
  'server_log',
  'error',
] as const
export type ServerEventType = (typeof SERVER_EVENT_TYPES)[number]

export const ROLES = ['viewer', 'operator', 'admin'] as const
/** `viewer` reads, `operator` also starts, stops and changes, `admin` everything. */
export type Role = (typeof ROLES)[number]

/** True when `role` may do what `needed` may. */
export function hasRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

export type TargetState = 'stopped' | 'starting' | 'running'

/** Events about the whole server, sent to everybody who has subscribed. */
export type BroadcastEvent =
  | { readonly type: 'device_discovered'; readonly controller: FoundController }
  | { readonly type: 'device_lost'; readonly controller: FoundController }
  | {
      readonly type: 'device_health_changed'
      readonly device_id: string
      readonly state: 'unknown' | 'online' | 'offline'
    }
  | {
      readonly type: 'entity_changed'
      readonly entity_type: 'device' | 'source' | 'target' | 'scene' | 'key'
      readonly entity_id: string
      readonly change: 'created' | 'updated' | 'deleted'
    }
  | ({ readonly type: 'source_state_changed'; readonly source_id: string } & SourceCapture)
  | { readonly type: 'target_state_changed'; readonly target_id: string; readonly state: TargetState }
  | ({ readonly type: 'target_stats' } & TargetStats)
  /** How far a long job is. The last one of a job has a `state` other than `running`. */
  | {
      readonly type: 'job_progress'
      readonly job: 'verify'
      readonly job_id: string
      readonly state: 'running' | 'done' | 'failed'
      /** Entries. */
      readonly done: number
      readonly total: number
    }

/** Events for one client: answers to what it sent, and colours it asked to see. */
export type ClientEvent =
  | {
      readonly type: 'auth_ok'
      readonly actor: string
      readonly role: Role
      readonly log_id: string
      readonly head_seq: number
    }
  /** Entries `from` to `to`, both inclusive, are no longer there. */
  | { readonly type: 'gap'; readonly from: number; readonly to: number }
  /** The client's `since_seq` belongs to another log. Live entries follow. */
  | { readonly type: 'reset'; readonly log_id: string; readonly head_seq: number }
  /** `rgb`: base64 of 3 bytes per LED. */
  | { readonly type: 'target_preview'; readonly target_id: string; readonly rgb: string }
  /** Lines of the server log, oldest first: at first those that are kept, then each as it is written. */
  | { readonly type: 'server_log'; readonly lines: readonly ServerLogLine[] }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly field?: string }

/** One per entry, serialised once for all watchers. */
export interface ActivityLoggedEvent {
  readonly type: 'activity_logged'
  readonly seq: number
  readonly entry: ActivityEntry
}

export type ServerEvent = BroadcastEvent | ClientEvent | ActivityLoggedEvent

/** Fails to compile when the allowlist and the event types part. */
type Missing = Exclude<ServerEvent['type'], ServerEventType> | Exclude<ServerEventType, ServerEvent['type']>
export const EVENT_TYPES_ARE_COMPLETE: [Missing] extends [never] ? true : never = true

/** Close codes of the event socket beside those of RFC 6455 §7.4. */
export const CLOSE_UNAUTHORIZED = 4401
export const CLOSE_FORBIDDEN_ORIGIN = 4403
