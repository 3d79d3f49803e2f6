import { join } from 'node:path'
import type { ActionOf, ActivityDetails, Category } from '../src/protocol/activity.ts'
import { openLog } from '../tests/support/activity.ts'
import { tempDir } from '../tests/support/temp-dir.ts'

const HOUR_MS = 3_600_000
const TV = { type: 'target', id: 'tgt_1', name: 'TV backlight' }
const BAR = { type: 'target', id: 'tgt_2', name: 'Bar shelf' }
const CONTROLLER = { type: 'device', id: 'dev_1', name: 'Bar shelf' }

type Step = {
  [C in Category]: readonly [hoursAgo: number, category: C, action: ActionOf<C>, details: ActivityDetails]
}[Category]

/** Two evenings in a small bar. */
const STEPS: readonly Step[] = [
  [
    33,
    'capture',
    'target_started',
    { message: '"TV backlight" began to light "TV" from "Screen".', actor: 'alice', entity: TV },
  ],
  [
    31,
    'capture',
    'target_started',
    { message: '"Bar shelf" began to light "Bar shelf" from "Screen".', actor: 'bob', entity: BAR },
  ],
  [
    30,
    'device',
    'device_offline',
    { message: '"Bar shelf" does not answer any more at 192.168.1.44 (timed out).', entity: CONTROLLER },
  ],
  [
    29.9,
    'device',
    'device_online',
    { message: '"Bar shelf" answers again after 4 minutes.', entity: CONTROLLER },
  ],
  [
    27,
    'entity',
    'entity_updated',
    {
      message: 'The target "Bar shelf" was changed: brightness from 1 to 0.6.',
      actor: 'bob',
      entity: BAR,
      metadata: { changes: { brightness: { from: 1, to: 0.6 } } },
    },
  ],
  [
    24,
    'capture',
    'target_stopped',
    { message: '"Bar shelf" was stopped and its controller released.', actor: 'carol', entity: BAR },
  ],
  [
    23.5,
    'capture',
    'capture_failed',
    {
      message: 'The source "Screen" delivers no pictures: the display went away. LedGrab keeps trying.',
      severity: 'error',
    },
  ],
  [
    23.2,
    'capture',
    'capture_recovered',
    { message: 'The source "Screen" delivers pictures again after 18 minutes.' },
  ],
  [
    9,
    'auth',
    'auth_failed',
    { message: 'A request from 192.168.1.77 was refused: unknown key.', actor: 'anonymous' },
  ],
  [
    8,
    'capture',
    'target_started',
    { message: '"Bar shelf" began to light "Bar shelf" from "Screen".', actor: 'alice', entity: BAR },
  ],
  [
    6,
    'device',
    'device_taken_over',
    { message: 'Somebody else drives "Bar shelf": E1.31 from 192.168.1.60.', entity: CONTROLLER },
  ],
  [
    5.8,
    'device',
    'device_released',
    { message: '"Bar shelf" is not driven by E1.31 from 192.168.1.60 any more.', entity: CONTROLLER },
  ],
]
const SMALL_TALK = ['alice', 'bob', 'carol'] as const

/** A data directory with a past to look at, ending at `nowMs`. */
export async function makeHistory(nowMs: number): Promise<string> {
  const dataDir = tempDir()
  let atMs = 0
  const log = await openLog({ file: join(dataDir, 'activity.db'), nowMs: () => atMs })
  for (const [hoursAgo, category, action, details] of [...STEPS, ...listSmallTalk()].sort(
    ([a], [b]) => b - a,
  )) {
    atMs = Math.round(nowMs - hoursAgo * HOUR_MS)
    // The pairs are checked where they are written; a union of tuples cannot be spread into a generic.
    log.recorder.record(category as 'system', action as ActionOf<'system'>, details)
  }
  await log.recorder.flush()
  log.raw.close()
  return dataDir
}

/** Somebody dims something: more in the evenings. */
function listSmallTalk(): readonly Step[] {
  return Array.from({ length: 90 }, (_, n) => {
    const evening = n % 3 === 0 ? 30 : 6
    const hoursAgo = Math.max(0.4, evening + 5 * Math.sin(n * 12.9898) * Math.cos(n * 4.1))
    const actor = SMALL_TALK[n % SMALL_TALK.length] ?? 'alice'
    const percent = 30 + ((n * 37) % 70)
    const message = `The target "TV backlight" was changed: brightness to ${percent / 100}.`
    return [hoursAgo, 'entity', 'entity_updated', { message, actor, entity: TV }] as const
  })
}
