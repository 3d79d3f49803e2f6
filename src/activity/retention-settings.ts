import { LedGrabError } from '../errors.ts'
import { RetentionSettings } from '../protocol/retention.ts'
import type { SettingsStore } from '../storage/settings-store.ts'

/** Where the settings of the log are stored. */
export const RETENTION_KEY = 'activity_log'

/**
 * The stored settings, or the defaults.
 *
 * @throws `LG_ACTIVITY_SETTING_INVALID` when somebody edited them into something else: guessing
 *   could throw away a log.
 */
export async function loadRetentionSettings(store: SettingsStore): Promise<RetentionSettings> {
  const parsed = RetentionSettings.safeParse((await readStored(store)) ?? {})
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  throw toInvalidError(`${RETENTION_KEY}${field && `.${field}`}`, issue?.message ?? 'not readable')
}

async function readStored(store: SettingsStore): Promise<unknown> {
  try {
    return await store.getSetting(RETENTION_KEY)
  } catch (cause) {
    if (cause instanceof SyntaxError) throw toInvalidError(RETENTION_KEY, 'not JSON')
    throw cause
  }
}

function toInvalidError(setting: string, problem: string): LedGrabError {
  return new LedGrabError(
    'LG_ACTIVITY_SETTING_INVALID',
    `the stored setting ${setting} is invalid (${problem}); delete or correct it in ledgrab.db`,
  )
}
