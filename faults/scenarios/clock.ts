import { ActivityLogRetentionEngine } from '../../src/activity/retention.ts'
import { openLog } from '../../tests/support/activity.ts'
import { openSettings } from '../../tests/support/settings.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { assertBalance, toBooks } from '../support/books.ts'

const DAY_MS = 86_400_000
const NOW_MS = 1_700_000_000_000
const HOUR_MS = 3_600_000
/** Entries between two jumps, a minute apart. */
const ENTRIES = 20
const MINUTE_MS = 60_000

export const clock: Scenario = {
  name: 'clock',
  about:
    'the clock jumps by a day, ahead or back, between entries; the order holds, nothing goes for its age, each jump is told',
  cycles: { usual: 500, short: 50 },
  run: runJumps,
}

/** Two clocks: the one that somebody sets, and the one that nobody can. */
class Clocks {
  wallMs = NOW_MS
  monotonicMs = 0

  pass(ms: number): void {
    this.wallMs += ms
    this.monotonicMs += ms
  }
}

async function runJumps({ cycles, random, tally, onProgress }: ScenarioContext): Promise<void> {
  const clocks = new Clocks()
  const ledgrab = await openSettings()
  const log = await openLog({ nowMs: () => clocks.wallMs })
  const retention = new ActivityLogRetentionEngine({
    repository: log.repository,
    recorder: log.recorder,
    store: ledgrab.settings,
    // A day ahead makes everything written so far too old.
    settings: { enabled: true, max_days: 1, max_entries: 50_000_000 },
    warn: () => {},
    nowMs: () => clocks.wallMs,
    monotonicMs: () => clocks.monotonicMs,
  })
  await retention.prune()
  let recorded = 0
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const direction = random.pick([1, -1])
    await tally.attempt(`jump ${cycle}`, async () => {
      for (let i = 0; i < ENTRIES; i += 1) {
        recorded += 1
        log.recorder.record('device', 'device_discovered', { message: `entry ${recorded}` })
        clocks.pass(random.int(0, MINUTE_MS))
      }
      await log.recorder.flush()
      clocks.wallMs += direction * DAY_MS
      clocks.pass(random.int(0, HOUR_MS))
      const removed = await retention.prune()
      tally.lose(removed, 'entries removed for an age they do not have')
    })
    onProgress(cycle)
  }
  await log.recorder.flush()
  const messages = log.raw
    .prepare("select message from activity_log where action = 'device_discovered' order by seq")
    .pluck()
    .all() as string[]
  tally.check(
    messages.every((message, index) => message === `entry ${index + 1}`),
    'the entries are not in the order in which they were recorded',
  )
  tally.lose(recorded - messages.length, 'entries recorded while the clock jumped')
  const told = log.raw
    .prepare("select count(*) from activity_log where action = 'clock_jumped'")
    .pluck()
    .get() as number
  tally.check(told === cycles, `${told} of ${cycles} jumps were told`)
  assertBalance(toBooks(log.recorder.counts()), tally)
  tally.note(`${recorded} entries, ${told} jumps told`)
  await retention.stop()
  log.raw.close()
  ledgrab.raw.close()
}
