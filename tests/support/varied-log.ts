import { join } from 'node:path'
import Database from 'better-sqlite3'
import { runAs } from '../../src/activity/actor.ts'
import type { Action, ActivityDetails, ActivityEntry, Category } from '../../src/protocol/activity.ts'
import { openLog } from './activity.ts'
import { fillDataDir } from './filled-data-dir.ts'

interface Told extends ActivityDetails {
  readonly actor: string
  readonly hoursAgo: number
}

const TV = { type: 'device', id: 'dev_tv', name: 'TV' }
const LIGHTS = { type: 'target', id: 'tgt_tv', name: 'Fernseher Öl 灯' }

/** One entry of each kind that a filter tells apart, oldest first. */
const TOLD: readonly (readonly [Category, Action, Told])[] = [
  ['system', 'server_started', { actor: 'system', hoursAgo: 100, message: 'It started.' }],
  ['entity', 'entity_created', { actor: 'alice', hoursAgo: 50, message: 'A TV was added.', entity: TV }],
  ['device', 'device_offline', { actor: 'system', hoursAgo: 30, message: 'The TV is silent.', entity: TV }],
  ['device', 'device_online', { actor: 'system', hoursAgo: 29, message: 'It answers.', entity: TV }],
  ['capture', 'target_started', { actor: 'carol', hoursAgo: 3, message: 'Light.', entity: LIGHTS }],
  [
    'capture',
    'target_failed',
    { actor: 'system', hoursAgo: 2, message: 'No light.', entity: LIGHTS, severity: 'error' },
  ],
  ['auth', 'auth_failed', { actor: 'anonymous', hoursAgo: 1, message: '100% refused: \\unknown_key.' }],
  ['capture', 'target_stopped', { actor: 'carol', hoursAgo: 0.5, message: 'Dark.', entity: LIGHTS }],
]

/** A data directory with the entries of `TOLD` at their times before `nowMs`. */
export async function variedLog(nowMs: number): Promise<string> {
  const dataDir = await fillDataDir(0)
  let entryMs = nowMs
  const log = await openLog({ file: join(dataDir, 'activity.db'), nowMs: () => entryMs })
  for (const [category, action, { actor, hoursAgo, ...details }] of TOLD) {
    entryMs = nowMs - hoursAgo * 3_600_000
    runAs(actor, () => log.recorder.record(category, action, details))
  }
  await log.recorder.flush()
  log.raw.close()
  return dataDir
}

/** What somebody with the `sqlite3` shell does to the log of a stopped server. */
export function tamper(dataDir: string, sql: string): void {
  const file = new Database(join(dataDir, 'activity.db'))
  file.exec(sql)
  file.close()
}

/** The entries of NDJSON, as `--json` and `export` write them. */
export function parseLines(text: string): readonly ActivityEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
