import { join } from 'node:path'
import type { RecorderOptions } from '../../src/activity/recorder.ts'
import type { ActivityDetails } from '../../src/protocol/activity.ts'
import { openLog } from './activity.ts'
import { openSettings } from './settings.ts'
import { tempDir } from './temp-dir.ts'

export interface FillOptions {
  /** Default: `entry 1`, `entry 2` … */
  readonly details?: (n: number) => ActivityDetails
  readonly recorder?: Partial<RecorderOptions>
}

/** A data directory whose log has `count` entries, and whose retention leaves them alone. */
export async function fillDataDir(count: number, options: FillOptions = {}): Promise<string> {
  const dataDir = tempDir()
  const ledgrab = await openSettings(join(dataDir, 'ledgrab.db'))
  await ledgrab.settings.setSetting('activity_log', { max_entries: 10_000_000, max_days: 3_650 })
  ledgrab.raw.close()
  const log = await openLog({ ...options.recorder, file: join(dataDir, 'activity.db') })
  // For the test's speed; the server that opens the file has its own.
  log.raw.pragma('synchronous = OFF')
  const toDetails = options.details ?? ((n: number) => ({ message: `entry ${n}` }))
  for (let n = 1; n <= count; n += 1) {
    log.recorder.record('device', 'device_discovered', toDetails(n))
    if (n % 5_000 === 0) await log.recorder.flush()
  }
  await log.recorder.flush()
  log.raw.close()
  return dataDir
}
