/** The areas of the activity log. */
export const CATEGORIES = ['auth', 'device', 'entity', 'capture', 'system'] as const
export type Category = (typeof CATEGORIES)[number]

export function isCategory(value: unknown): value is Category {
  return CATEGORIES.some((category) => category === value)
}

export const SEVERITIES = ['info', 'warning', 'error'] as const
export type Severity = (typeof SEVERITIES)[number]

export function isSeverity(value: unknown): value is Severity {
  return SEVERITIES.some((severity) => severity === value)
}

interface ActionInfo {
  readonly category: Category
  /** Used where the caller gives none. */
  readonly severity: Severity
  readonly meaning: string
}

/**
 * Every action the log knows. The types of `record()`, the filter lists, the documents and the
 * page derive from this table.
 */
export const ACTIONS = {
  auth_failed: {
    category: 'auth',
    severity: 'warning',
    meaning:
      'A request came without a valid key. Repeats from one address are folded into one entry a minute.',
  },
  access_denied: {
    category: 'auth',
    severity: 'warning',
    meaning: 'Somebody tried what the role of their key does not allow. Repeats are folded.',
  },
  host_rejected: {
    category: 'auth',
    severity: 'warning',
    meaning: 'A request named a host that is not this server: a mistyped name, or DNS rebinding.',
  },
  origin_rejected: {
    category: 'auth',
    severity: 'warning',
    meaning: 'A web page of another site tried to reach this server.',
  },
  watcher_connected: {
    category: 'auth',
    severity: 'info',
    meaning: 'Somebody began to watch the log live. Reconnects are folded into one entry a minute.',
  },
  key_created: { category: 'auth', severity: 'info', meaning: 'An API key was created.' },
  key_revoked: {
    category: 'auth',
    severity: 'info',
    meaning: 'An API key was revoked; it works no longer, and who watched with it was cut off.',
  },

  device_discovered: {
    category: 'device',
    severity: 'info',
    meaning: 'A controller announced itself on the network.',
  },
  device_lost: {
    category: 'device',
    severity: 'warning',
    meaning: 'A controller said goodbye, or stopped answering for longer than it had promised.',
  },
  device_address_changed: {
    category: 'device',
    severity: 'info',
    meaning: 'A controller answers at a new network address.',
  },
  device_offline: {
    category: 'device',
    severity: 'warning',
    meaning: 'A device does not answer any more. Told once per outage.',
  },
  device_online: {
    category: 'device',
    severity: 'info',
    meaning: 'A device answers again; says how long the outage was.',
  },
  device_flapping: {
    category: 'device',
    severity: 'warning',
    meaning: 'A device came and went; one entry a minute says how often.',
  },
  device_identified: {
    category: 'device',
    severity: 'info',
    meaning: 'Somebody let a device blink to see which one it is.',
  },
  device_output_failed: {
    category: 'device',
    severity: 'error',
    meaning: 'A device is there, but colours cannot be sent to it; says why. Told once.',
  },
  device_output_recovered: {
    category: 'device',
    severity: 'info',
    meaning: 'Colours can be sent to a device again.',
  },
  device_taken_over: {
    category: 'device',
    severity: 'warning',
    meaning: 'Another program drives a device.',
  },
  device_released: {
    category: 'device',
    severity: 'info',
    meaning: 'The other program that drove a device has let go of it.',
  },

  entity_created: {
    category: 'entity',
    severity: 'info',
    meaning: 'A device, source, target or scene was created.',
  },
  entity_updated: {
    category: 'entity',
    severity: 'info',
    meaning: 'A device, source, target or scene was changed.',
  },
  entity_deleted: {
    category: 'entity',
    severity: 'info',
    meaning: 'A device, source, target or scene was deleted.',
  },

  capture_started: { category: 'capture', severity: 'info', meaning: 'A source delivers frames.' },
  capture_stopped: {
    category: 'capture',
    severity: 'info',
    meaning: 'A source was closed: no target needs it.',
  },
  capture_failed: {
    category: 'capture',
    severity: 'error',
    meaning: 'A source delivers no frames; LedGrab keeps trying.',
  },
  capture_stalled: {
    category: 'capture',
    severity: 'error',
    meaning: 'A source runs but delivers no frames; LedGrab starts it anew and keeps trying.',
  },
  capture_recovered: {
    category: 'capture',
    severity: 'info',
    meaning: 'A source that had failed or stalled delivers frames again.',
  },
  capture_backend_changed: {
    category: 'capture',
    severity: 'info',
    meaning: 'A source is captured by something else than before.',
  },
  capture_ended: {
    category: 'capture',
    severity: 'info',
    meaning: 'A video that does not begin anew has come to its end.',
  },
  target_started: { category: 'capture', severity: 'info', meaning: 'Streaming to a controller began.' },
  target_stopped: { category: 'capture', severity: 'info', meaning: 'Streaming to a controller ended.' },
  target_failed: { category: 'capture', severity: 'error', meaning: 'A target could not be started.' },
  target_tried: {
    category: 'capture',
    severity: 'info',
    meaning: 'Other settings were tried on a running target, and not kept.',
  },
  calibration_started: {
    category: 'capture',
    severity: 'info',
    meaning: 'A target shows test colours, for a person to see where its LEDs are.',
  },
  calibration_ended: {
    category: 'capture',
    severity: 'info',
    meaning: 'A target shows no test colours any more, but what was on before.',
  },
  scene_applied: {
    category: 'capture',
    severity: 'info',
    meaning: 'A scene was switched on: what became of each of its targets.',
  },

  server_started: { category: 'system', severity: 'info', meaning: 'The server is up.' },
  server_shutting_down: { category: 'system', severity: 'info', meaning: 'The server was asked to stop.' },
  unclean_shutdown_detected: {
    category: 'system',
    severity: 'warning',
    meaning: 'The previous run ended without being stopped: a crash, a kill or a power cut.',
  },
  worker_crashed: {
    category: 'system',
    severity: 'error',
    meaning: 'A worker thread ended unexpectedly, or hangs and is ended.',
  },
  worker_restarted: { category: 'system', severity: 'info', meaning: 'A crashed worker thread runs again.' },
  activity_log_disabled: {
    category: 'system',
    severity: 'warning',
    meaning: 'Recording was switched off. This entry is the last one before the gap.',
  },
  activity_log_enabled: {
    category: 'system',
    severity: 'info',
    meaning: 'Recording was switched on again; says how many entries were suppressed meanwhile.',
  },
  activity_log_settings_changed: {
    category: 'system',
    severity: 'info',
    meaning: 'How long the log keeps its entries was changed.',
  },
  activity_log_pruned: {
    category: 'system',
    severity: 'info',
    meaning: 'Old entries were removed by retention.',
  },
  activity_log_cleared: { category: 'system', severity: 'warning', meaning: 'The log was wiped.' },
  activity_log_exported: {
    category: 'system',
    severity: 'info',
    meaning: 'Entries were exported; a warning when the export was broken off.',
  },
  activity_log_verified: {
    category: 'system',
    severity: 'info',
    meaning: 'The chain of the log was checked; an error when the log is not as it was written.',
  },
  activity_records_lost: {
    category: 'system',
    severity: 'error',
    meaning: 'Entries could not be kept; says how many, by category and reason.',
  },
  activity_log_recovered: {
    category: 'system',
    severity: 'warning',
    meaning:
      'The log can be written again; says for how long it could not, why, and how many entries waited.',
  },
  activity_records_recovered: {
    category: 'system',
    severity: 'warning',
    meaning: 'Entries that an earlier run could not commit were brought in from the file it left them in.',
  },
  activity_log_replaced: {
    category: 'system',
    severity: 'error',
    meaning: "The log's file was damaged and put aside; this log is a new one.",
  },
  backup_downloaded: {
    category: 'system',
    severity: 'info',
    meaning: 'A backup of all data was downloaded; a warning when it was broken off.',
  },
  clock_jumped: {
    category: 'system',
    severity: 'warning',
    meaning: 'The clock of this machine jumped; the age rule of retention rests for a day.',
  },
} as const satisfies Record<string, ActionInfo>

export type Action = keyof typeof ACTIONS

export function isAction(value: unknown): value is Action {
  return typeof value === 'string' && Object.hasOwn(ACTIONS, value)
}

/** The actions of one category, so that a mismatched pair does not compile. */
export type ActionOf<C extends Category> = {
  [A in Action]: (typeof ACTIONS)[A]['category'] extends C ? A : never
}[Action]

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type JsonObject = { readonly [key: string]: JsonValue }

/** What an entry is about. Copied into it, so that it outlives the thing itself. */
export interface EntityRef {
  readonly type: string
  readonly id: string
  readonly name: string
}

export interface ActivityDetails {
  /** One English sentence. Each value it mentions belongs into `metadata` too. */
  readonly message: string
  /** Default: the catalogue's. */
  readonly severity?: Severity
  /** Default: the actor of the running request, else `system`. Ignored in a worker. */
  readonly actor?: string
  readonly entity?: EntityRef
  readonly metadata?: JsonObject
}

/**
 * Takes an entry for the activity log. Never throws, never blocks, returns nothing: what cannot be
 * kept is counted and reported as `activity_records_lost`. On the main thread it queues for the
 * writer; in a worker it posts to the main thread.
 */
export interface Recorder {
  record<C extends Category>(category: C, action: ActionOf<C>, details: ActivityDetails): void
}

/** An entry as the API, the live event and every export show it. Frozen: eleven fields, this order. */
export interface ActivityEntry {
  /** `al_` and 8 lower-case hex digits. */
  readonly id: string
  /** UTC, ISO 8601 with milliseconds and `Z`. */
  readonly ts: string
  readonly category: Category
  readonly action: string
  readonly severity: Severity
  /** An API key's label, `anonymous`, or `system`. */
  readonly actor: string
  readonly message: string
  readonly entity_type: string | null
  readonly entity_id: string | null
  readonly entity_name: string | null
  readonly metadata: JsonObject
}

/** The fields of an entry in their order. */
export const ENTRY_FIELDS = [
  'id',
  'ts',
  'category',
  'action',
  'severity',
  'actor',
  'message',
  'entity_type',
  'entity_id',
  'entity_name',
  'metadata',
] as const satisfies readonly (keyof ActivityEntry)[]
