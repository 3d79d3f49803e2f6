import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runAs } from '../../../src/activity/actor.ts'
import type { RecorderOptions } from '../../../src/activity/recorder.ts'
import { ActivityLogRetentionEngine, type RetentionOptions } from '../../../src/activity/retention.ts'
import { loadRetentionSettings } from '../../../src/activity/retention-settings.ts'
import { LedGrabError } from '../../../src/errors.ts'
import type { ActivityRow } from '../../../src/storage/row-types.ts'
import { openLog } from '../../support/activity.ts'
import { openSettings } from '../../support/settings.ts'
import { waitFor } from '../../support/wait-for.ts'

const retention = suite('activity log retention')

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const NOW_MS = 1_700_000_000_000
const DEFAULTS = { enabled: true, max_days: 90, max_entries: 20_000 }

interface Setup {
  readonly options?: Partial<RetentionOptions>
  readonly recorder?: Partial<RecorderOptions>
  /** Of `ledgrab.db`, to come back to after a restart. */
  readonly file?: string
}

async function setup({ options, recorder, file }: Setup = {}) {
  const ledgrab = await openSettings(file)
  const settings = await loadRetentionSettings(ledgrab.settings)
  const log = await openLog({ enabled: settings.enabled, ...recorder })
  const warnings: object[] = []
  const engine = new ActivityLogRetentionEngine({
    repository: log.repository,
    recorder: log.recorder,
    store: ledgrab.settings,
    settings,
    warn: (message, fields) => warnings.push({ message, ...fields }),
    ...options,
  })
  const rows = async (): Promise<readonly ActivityRow[]> => {
    await log.recorder.flush()
    return (await log.repository.query({}, 20_000)).rows.toReversed()
  }
  const entries = async (action: string): Promise<readonly ActivityRow[]> =>
    (await rows()).filter((row) => row.action === action)
  return { log, ledgrab, engine, warnings, rows, entries }
}

type Opened = Awaited<ReturnType<typeof setup>>

async function fill({ log }: Opened, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    log.recorder.record('device', 'device_discovered', { message: `entry ${i}` })
    if (i % 5_000 === 4_999) await log.recorder.flush()
  }
  await log.recorder.flush()
}

async function code(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (cause) {
    return cause instanceof LedGrabError ? cause.code : String(cause)
  }
  return 'it did not reject'
}

function metadataOf(row: ActivityRow | undefined): Record<string, unknown> {
  return JSON.parse(row?.metadata ?? 'null')
}

// ---- settings --------------------------------------------------------------------------------

retention('has defaults where nothing is stored', async () => {
  const { ledgrab, engine } = await setup()
  assert.equal(await loadRetentionSettings(ledgrab.settings), DEFAULTS)
  assert.equal(engine.getSettings(), DEFAULTS)
})

retention('fills in what an older version did not store', async () => {
  const { ledgrab } = await setup()
  await ledgrab.settings.setSetting('activity_log', { max_days: 7 })
  assert.equal(await loadRetentionSettings(ledgrab.settings), { ...DEFAULTS, max_days: 7 })
})

retention(
  'refuses stored settings that somebody edited into something else, and names the field',
  async () => {
    const { ledgrab } = await setup()
    const invalid = [
      { max_days: 0 },
      { max_days: 3_651 },
      { max_days: 1.5 },
      { max_days: '90' },
      { max_entries: 99 },
      { max_entries: 50_000_001 },
      { enabled: 1 },
      { unknown: true },
      'text',
      [],
    ]
    for (const value of invalid) {
      await ledgrab.settings.setSetting('activity_log', value)
      assert.is(
        await code(loadRetentionSettings(ledgrab.settings)),
        'LG_ACTIVITY_SETTING_INVALID',
        JSON.stringify(value),
      )
    }
    await ledgrab.settings.setSetting('activity_log', { max_days: 0 })
    const error = await loadRetentionSettings(ledgrab.settings).catch((cause: Error) => cause)
    assert.match((error as Error).message, 'activity_log.max_days')
  },
)

retention('refuses a stored setting that is not even JSON', async () => {
  const { ledgrab } = await setup()
  ledgrab.raw.prepare("insert into settings (key, value) values ('activity_log', '{')").run()
  assert.is(await code(loadRetentionSettings(ledgrab.settings)), 'LG_ACTIVITY_SETTING_INVALID')
})

retention('keeps its settings over a restart', async () => {
  const first = await setup()
  assert.equal(await first.engine.updateSettings({ max_days: 30 }), { ...DEFAULTS, max_days: 30 })
  await first.engine.updateSettings({ max_entries: 500 })
  await first.engine.stop()
  first.ledgrab.raw.close()
  const second = await setup({ file: first.ledgrab.file })
  assert.equal(second.engine.getSettings(), { ...DEFAULTS, max_days: 30, max_entries: 500 })
})

retention('records a change with what it was before, in the name of who made it', async () => {
  const opened = await setup()
  await runAs('alice', () => opened.engine.updateSettings({ max_days: 30, max_entries: 20_000 }))
  await opened.engine.stop()
  const [entry, ...others] = await opened.entries('activity_log_settings_changed')
  assert.equal(others, [])
  assert.is(entry?.actor, 'alice')
  assert.equal(metadataOf(entry), {
    max_days: 30,
    max_entries: 20_000,
    changes: { max_days: { from: 90, to: 30 } },
  })
})

retention('does and records nothing for a change that changes nothing', async () => {
  const opened = await setup()
  assert.equal(await opened.engine.updateSettings({}), DEFAULTS)
  assert.equal(await opened.engine.updateSettings({ enabled: true, max_days: 90 }), DEFAULTS)
  assert.equal(await opened.rows(), [])
  assert.is(await opened.ledgrab.settings.getSetting('activity_log'), undefined)
})

retention('leaves alone what a change does not name, also when it names it as undefined', async () => {
  const { engine } = await setup()
  await engine.updateSettings({ enabled: false, max_days: 30 })
  await engine.updateSettings({ enabled: undefined, max_days: undefined, max_entries: 500 })
  await engine.stop()
  assert.equal(engine.getSettings(), { enabled: false, max_days: 30, max_entries: 500 })
})

retention('refuses a change out of range and keeps what it had', async () => {
  const { engine, ledgrab } = await setup()
  assert.is.not(await code(engine.updateSettings({ max_days: 0 })), 'it did not reject')
  assert.equal(engine.getSettings(), DEFAULTS)
  assert.is(await ledgrab.settings.getSetting('activity_log'), undefined)
  assert.equal(await engine.updateSettings({ max_days: 5 }), { ...DEFAULTS, max_days: 5 }, 'and goes on')
  await engine.stop()
})

retention('lets changes at the same moment each take effect', async () => {
  const { engine, ledgrab, entries } = await setup()
  await Promise.all([
    runAs('alice', () => engine.updateSettings({ max_days: 30 })),
    runAs('bob', () => engine.updateSettings({ max_entries: 500 })),
    runAs('carol', () => engine.updateSettings({ enabled: false })),
  ])
  await engine.stop()
  const expected = { enabled: false, max_days: 30, max_entries: 500 }
  assert.equal(engine.getSettings(), expected)
  assert.equal(await ledgrab.settings.getSetting('activity_log'), expected)
  const changed = await entries('activity_log_settings_changed')
  assert.equal(
    changed.map(({ actor }) => actor),
    ['alice', 'bob'],
  )
  assert.is((await entries('activity_log_disabled'))[0]?.actor, 'carol')
})

// ---- switching off and on --------------------------------------------------------------------

retention('has the entry about switching off on disk before it acts', async () => {
  const opened = await setup()
  const { log, ledgrab, engine } = opened
  const seen: unknown[] = []
  const look = (): unknown[] => log.raw.prepare('select action from activity_log').pluck().all()
  const store = Object.assign(Object.create(ledgrab.settings) as typeof ledgrab.settings, {
    setSetting: async (key: string, value: unknown) => {
      seen.push({ committed: look(), enabled: log.recorder.enabled })
      await ledgrab.settings.setSetting(key, value)
    },
  })
  const careful = new ActivityLogRetentionEngine({
    repository: log.repository,
    recorder: log.recorder,
    store,
    settings: engine.getSettings(),
    warn: () => {},
  })
  await careful.updateSettings({ enabled: false })
  assert.equal(seen, [{ committed: ['activity_log_disabled'], enabled: true }])
  assert.not(log.recorder.enabled)
})

retention('says when it is switched on how many were suppressed, by category', async () => {
  const opened = await setup()
  const { log, engine } = opened
  await engine.updateSettings({ enabled: false })
  for (let i = 0; i < 3; i += 1) log.recorder.record('device', 'device_lost', { message: 'x' })
  log.recorder.record('auth', 'key_created', { message: 'x' })
  await runAs('alice', () => engine.updateSettings({ enabled: true }))
  log.recorder.record('device', 'device_lost', { message: 'heard again' })
  const rows = await opened.rows()
  assert.equal(
    rows.map(({ action, actor }) => [action, actor]),
    [
      ['activity_log_disabled', 'system'],
      ['activity_log_enabled', 'alice'],
      ['device_lost', 'system'],
    ],
  )
  assert.equal(metadataOf(rows[1]), {
    suppressed_count: 4,
    suppressed: { device: 3, auth: 1 },
    counted_from_start: false,
  })
  assert.match(rows[1]?.message ?? '', '4 entries were not recorded')
})

retention('records a change of its limits also while it is switched off', async () => {
  const opened = await setup()
  await opened.engine.updateSettings({ enabled: false })
  await opened.engine.updateSettings({ max_days: 7 })
  await opened.engine.stop()
  assert.is((await opened.entries('activity_log_settings_changed')).length, 1)
})

retention('stays on, and says so, when switching off cannot be stored', async () => {
  const opened = await setup()
  opened.ledgrab.raw.pragma('query_only = ON')
  assert.match(await code(opened.engine.updateSettings({ enabled: false })), 'readonly')
  assert.ok(opened.engine.getSettings().enabled)
  assert.ok(opened.log.recorder.enabled)
  assert.equal(
    (await opened.rows()).map(({ action }) => action),
    ['activity_log_disabled', 'activity_log_enabled'],
  )
})

// ---- pruning ---------------------------------------------------------------------------------

retention('keeps no more than the limit, its own entry included, and is then at rest', async () => {
  const opened = await setup({ options: { settings: { ...DEFAULTS, max_entries: 100 } } })
  await fill(opened, 250)
  assert.is(await opened.engine.prune(), 151, 'room for the entry about this run')
  const rows = await opened.rows()
  assert.is(rows.length, 100)
  assert.is(rows.at(-1)?.action, 'activity_log_pruned')
  assert.equal(metadataOf(rows.at(-1)), {
    removed: 151,
    from_seq: 1,
    to_seq: 151,
    max_days: 90,
    max_entries: 100,
  })
  assert.is(await opened.engine.prune(), 0)
  assert.is((await opened.rows()).length, 100, 'a run that removed nothing says nothing')
})

retention('removes what is older than its days', async () => {
  let nowMs = NOW_MS
  const opened = await setup({ options: { nowMs: () => nowMs }, recorder: { nowMs: () => nowMs } })
  await fill(opened, 3)
  nowMs += 89 * DAY_MS
  await fill(opened, 2)
  assert.is(await opened.engine.prune(), 0)

  const later = await setup({ options: { nowMs: () => nowMs }, recorder: { nowMs: () => nowMs } })
  nowMs = NOW_MS
  await fill(later, 3)
  nowMs += 89 * DAY_MS
  await fill(later, 2)
  nowMs += 2 * DAY_MS
  assert.is(await later.engine.prune(), 3, 'its first run, so no clock has been seen to jump')
  assert.equal(
    (await later.rows()).map(({ message }) => message),
    ['entry 0', 'entry 1', '3 old entries were removed from the log.'],
  )
})

retention('prunes in chunks between which records are written, without losing one', async () => {
  const opened = await setup({ options: { chunkBudgetMs: 0.2 } })
  const { log, engine } = opened
  await fill(opened, 6_000)
  await engine.updateSettings({ max_entries: 100 })
  let written = 0
  let isPruning = true
  const write = (): void => {
    if (!isPruning) return
    log.recorder.record('capture', 'capture_started', { message: `meanwhile ${written}` })
    written += 1
    setImmediate(write)
  }
  const committedMeanwhile: number[] = []
  const pruning = engine.prune().then((removed) => {
    isPruning = false
    committedMeanwhile.push(log.published.filter(({ row }) => row.action === 'capture_started').length)
    return removed
  })
  write()
  const removed = await pruning
  assert.ok(written > 5, `${written} records between the chunks`)
  assert.ok((committedMeanwhile[0] ?? 0) > 0, 'and committed while the run went on')
  await engine.stop()
  await log.recorder.flush()
  const state = await log.repository.readState()
  assert.is(await log.repository.count({}), state.headSeq - state.anchorSeq, 'no hole')
  assert.is(log.published.length, state.headSeq)
  assert.ok(removed >= 5_900)
})

retention('gives the freed space back', async () => {
  const opened = await setup()
  const { log, engine } = opened
  await fill(opened, 5_000)
  const pages = (): number => Number(log.raw.pragma('page_count', { simple: true }))
  const before = pages()
  await engine.updateSettings({ max_entries: 100 })
  await engine.prune()
  await engine.stop()
  assert.ok(pages() < before / 4, `${before} -> ${pages()} pages`)
})

retention('has one run at a time: a second call gets the result of the first', async () => {
  const opened = await setup()
  await fill(opened, 500)
  await opened.engine.updateSettings({ max_entries: 100 })
  const [first, second] = await Promise.all([opened.engine.prune(), opened.engine.prune()])
  assert.is(first, second)
  await opened.engine.stop()
  assert.is((await opened.entries('activity_log_pruned')).length, 1)
})

retention('runs soon after start and then at its interval, in nobody’s name', async () => {
  const opened = await setup({ options: { firstRunMs: 1, intervalMs: 1 } })
  await fill(opened, 150)
  await runAs('alice', () => opened.engine.updateSettings({ max_entries: 100 }))
  await runAs('alice', () => opened.engine.start())
  await waitFor(async () => (await opened.entries('activity_log_pruned')).length === 1, 'the first run')
  await fill(opened, 50)
  await waitFor(async () => (await opened.entries('activity_log_pruned')).length > 1, 'a later run')
  await opened.engine.stop()
  for (const { actor } of await opened.entries('activity_log_pruned')) assert.is(actor, 'system')
})

retention('prunes at once when a limit is made smaller, also while a run goes on', async () => {
  const opened = await setup({ options: { chunkBudgetMs: 0.05 } })
  const { log, engine } = opened
  await fill(opened, 3_000)
  await engine.updateSettings({ max_entries: 2_000 })
  const running = engine.prune()
  await engine.updateSettings({ max_entries: 100 })
  await running
  const isSmall = async (): Promise<boolean> => (await log.repository.count({})) <= 102
  await waitFor(isSmall, 'the run with the smaller limit')
  await engine.stop()
})

retention('ends after the chunk under way when it is stopped, and leaves a log without holes', async () => {
  const opened = await setup({ options: { chunkBudgetMs: 0.01 } })
  const { log, engine } = opened
  await fill(opened, 5_000)
  await engine.updateSettings({ max_entries: 100 })
  const running = engine.prune()
  await engine.stop()
  const removed = await running
  assert.ok(removed > 0 && removed < 4_900, `${removed} removed`)
  await log.recorder.flush()
  const state = await log.repository.readState()
  assert.is(await log.repository.count({}), state.headSeq - state.anchorSeq)
  assert.is((await opened.entries('activity_log_pruned')).length, 1, 'what went is told')
  assert.is(await engine.prune(), 0, 'and nothing goes any more')
  await engine.stop()
})

retention('goes on after a run that failed, and says so', async () => {
  let failures = 2
  let runs = 0
  const opened = await setup()
  const engine = new ActivityLogRetentionEngine({
    repository: {
      pruneChunk: async (rule, maxRows) => {
        runs += 1
        failures -= 1
        if (failures >= 0) throw new Error('disk full')
        return await opened.log.repository.pruneChunk(rule, maxRows)
      },
      reclaim: (pages) => opened.log.repository.reclaim(pages),
      clear: () => opened.log.repository.clear(),
    },
    recorder: opened.log.recorder,
    store: opened.ledgrab.settings,
    settings: DEFAULTS,
    warn: (_message, fields) => opened.warnings.push(fields),
    firstRunMs: 1,
    intervalMs: 1,
  })
  await engine.start()
  await waitFor(() => runs >= 4, 'runs after the failed ones')
  await engine.stop()
  assert.equal(opened.warnings, [{ error: 'disk full' }, { error: 'disk full' }])
})

retention('tells what went also when a later chunk fails', async () => {
  const opened = await setup()
  await fill(opened, 600)
  let chunks = 0
  const engine = new ActivityLogRetentionEngine({
    repository: {
      pruneChunk: async (rule, maxRows) => {
        chunks += 1
        if (chunks > 1) throw new Error('disk full')
        return await opened.log.repository.pruneChunk(rule, maxRows)
      },
      reclaim: async () => 0,
      clear: () => opened.log.repository.clear(),
    },
    recorder: opened.log.recorder,
    store: opened.ledgrab.settings,
    settings: DEFAULTS,
    warn: () => {},
  })
  assert.match(await code(engine.pruneOnce({ max_days: 90, max_entries: 100 })), 'disk full')
  const [entry] = await opened.entries('activity_log_pruned')
  assert.equal(metadataOf(entry), {
    ...{ removed: 256, from_seq: 1, to_seq: 256 },
    ...{ max_days: 90, max_entries: 100 },
  })
})

retention('prunes once by other limits, after a run under way, and says what went', async () => {
  const opened = await setup({
    options: { chunkBudgetMs: 0.05, settings: { ...DEFAULTS, max_entries: 2_900 } },
  })
  const { engine } = opened
  await fill(opened, 3_000)
  const first = engine.prune()
  const range = await runAs('alice', () => engine.pruneOnce({ max_days: 90, max_entries: 100 }))
  assert.is(await first, 101)
  assert.equal([range.count, range.first?.seq, range.last?.seq], [2_801, 102, 2_902])
  const told = await opened.entries('activity_log_pruned')
  assert.equal(
    told.map(({ actor }) => actor),
    ['system', 'alice'],
  )
  assert.is(engine.getSettings().max_entries, 2_900)
  await engine.stop()
})

retention('clears in chunks, and once at a time', async () => {
  const opened = await setup({ options: { chunkBudgetMs: 0.2 } })
  const { engine, log } = opened
  await fill(opened, 6_000)
  const [first, second] = await Promise.all([engine.clear(), engine.clear()])
  assert.equal([first, second], [6_000, 1])
  await engine.stop()
  const rows = await opened.rows()
  assert.equal(
    rows.map(({ seq, action }) => [seq, action]),
    [[6_002, 'activity_log_cleared']],
  )
  assert.is((await log.repository.readState()).anchorSeq, 6_001)
})

retention('says that a clear was broken off by the stop of the server', async () => {
  const opened = await setup({ options: { chunkBudgetMs: 0.01 } })
  const { engine } = opened
  await fill(opened, 9_000)
  const clearing = code(engine.clear())
  await engine.stop()
  assert.is(await clearing, 'LG_THREAD_STOPPED')
  const [entry] = await opened.entries('activity_log_cleared')
  const { removed, completed } = metadataOf(entry)
  assert.ok(Number(removed) > 0 && Number(removed) < 9_000, String(removed))
  assert.is(completed, false)
  assert.match(entry?.message ?? '', 'broken off')
})

// ---- clocks ----------------------------------------------------------------------------------

/** An engine with clocks of its own, and an hourly run. */
async function setupClocks(settings = DEFAULTS) {
  const clocks = { wallMs: NOW_MS, monotonicMs: 1_000_000 }
  const opened = await setup({
    options: { nowMs: () => clocks.wallMs, monotonicMs: () => clocks.monotonicMs, settings },
    recorder: { nowMs: () => clocks.wallMs },
  })
  await fill(opened, 3)
  const pass = (ms: number): void => {
    clocks.wallMs += ms
    clocks.monotonicMs += ms
  }
  const run = async (): Promise<number> => {
    pass(HOUR_MS)
    return await opened.engine.prune()
  }
  return { ...opened, clocks, pass, run }
}

retention(
  'removes nothing for its age for a day after the clock jumped ahead, and records the jump',
  async () => {
    const { clocks, run, pass, entries, log } = await setupClocks()
    assert.is(await run(), 0)
    clocks.wallMs += 100 * DAY_MS
    assert.is(await run(), 0)
    const [jumped, ...others] = await entries('clock_jumped')
    assert.equal(others, [])
    assert.equal(metadataOf(jumped), { jump_seconds: 8_640_000 })
    assert.match(jumped?.message ?? '', 'ahead by 8640000 seconds')
    pass(22 * HOUR_MS)
    assert.is(await run(), 0, 'the 23rd hour')
    assert.is(await run(), 3, 'a day later the rule works again')
    assert.is((await entries('clock_jumped')).length, 1)
    assert.ok((await log.repository.readState()).anchorSeq === 3)
  },
)

retention('records also a clock that jumped back', async () => {
  const { clocks, run, entries } = await setupClocks()
  await run()
  clocks.wallMs -= HOUR_MS
  await run()
  const [jumped] = await entries('clock_jumped')
  assert.equal(metadataOf(jumped), { jump_seconds: -3_600 })
})

retention('goes on by count while the age rule rests', async () => {
  const opened = await setupClocks({ ...DEFAULTS, max_entries: 100 })
  await opened.run()
  opened.clocks.wallMs += 100 * DAY_MS
  await fill(opened, 200)
  assert.is(await opened.run(), 104, 'of 203 entries, with room for the one about this run')
  const rows = await opened.rows()
  assert.is(rows.filter(({ action }) => action === 'device_discovered').length, 99)
})

retention('takes five minutes of difference for drift', async () => {
  const { clocks, run, entries } = await setupClocks()
  await run()
  clocks.wallMs += 5 * 60_000
  await run()
  clocks.wallMs -= 5 * 60_000
  await run()
  assert.equal(await entries('clock_jumped'), [])
})

retention('can be stopped twice, and before it started', async () => {
  const { engine } = await setup()
  await engine.stop()
  await engine.start()
  await engine.stop()
  assert.is(await engine.prune(), 0)
})

retention.run()
