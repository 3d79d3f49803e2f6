import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CATEGORIES, SEVERITIES } from '../../../src/protocol/activity.ts'
import { LogFilters } from '../../../src/protocol/api-log.ts'
import {
  createMatcher,
  findPreset,
  type LogFilter,
  NO_FILTER,
  PRESETS,
  parseFilter,
  toAddress,
  toPreset,
  toQuery,
} from '../../../src/web/activity/log-filter.ts'
import type { ActivityEntry } from '../../../src/web/api/types.ts'

const filter = suite("the page's filter of the log")

const word = fc.string({ minLength: 1, maxLength: 20 })
const time = fc.integer({ min: 0, max: 4e12 })
const anyFilter = fc
  .record(
    {
      categories: fc.subarray([...CATEGORIES]),
      severities: fc.subarray([...SEVERITIES]),
      actions: fc.subarray(['target_started', 'entity_updated']),
      actor: word,
      entityType: word,
      entityId: word,
      sinceMs: time,
      untilMs: time,
      q: word,
    },
    { requiredKeys: ['categories', 'severities', 'actions'], noNullPrototype: true },
  )
  .map((one) => one as LogFilter)

filter('survives the address', () => {
  fc.assert(
    fc.property(anyFilter, (one) => {
      const address = new URL(toAddress(one), 'http://x')
      assert.equal(parseFilter(address.searchParams), one)
    }),
  )
})

filter('is one the server takes', () => {
  fc.assert(
    fc.property(anyFilter, (one) => {
      const { success } = LogFilters.safeParse(toQuery(one))
      assert.ok(success, JSON.stringify(toQuery(one)))
    }),
  )
})

filter('leaves out of an address what makes no sense', () => {
  const query = new URLSearchParams(
    'categories=auth,nonsense&severities=&since=yesterday&actions=a%20b&q=&x=1',
  )
  assert.equal(parseFilter(query), { categories: ['auth'], severities: [], actions: [] })
})

const entry: ActivityEntry = {
  id: 'al_00000001',
  ts: '2026-11-21T12:00:00.000Z',
  category: 'capture',
  action: 'target_started',
  severity: 'info',
  actor: 'carol',
  message: '"TV" began to light.',
  entity_type: 'target',
  entity_id: 'tgt_1',
  entity_name: 'TV',
  metadata: {},
}

filter('matches live entries as the server does', () => {
  const noon = Date.parse(entry.ts)
  const hits: readonly Partial<LogFilter>[] = [
    {},
    { categories: ['capture', 'auth'] },
    { severities: ['info'] },
    { actions: ['target_started'] },
    { actor: 'carol' },
    { entityType: 'target', entityId: 'tgt_1' },
    { sinceMs: noon },
    { untilMs: noon + 1 },
    { q: 'tv' },
  ]
  const misses: readonly Partial<LogFilter>[] = [
    { categories: ['auth'] },
    { severities: ['error'] },
    { actions: ['target_stopped'] },
    { actor: 'Carol' },
    { entityId: 'tgt_2' },
    { sinceMs: noon + 1 },
    { untilMs: noon },
    { q: 'desk' },
  ]
  for (const one of hits) assert.ok(createMatcher({ ...NO_FILTER, ...one })(entry), JSON.stringify(one))
  for (const one of misses) assert.not.ok(createMatcher({ ...NO_FILTER, ...one })(entry), JSON.stringify(one))
})

filter('knows its presets, also while something is searched', () => {
  const nowMs = Date.now()
  for (const preset of PRESETS) {
    assert.is(findPreset(toPreset(preset, nowMs), nowMs), preset)
    assert.is(findPreset({ ...toPreset(preset, nowMs), q: 'x' }, nowMs), preset)
  }
  assert.is(findPreset({ ...NO_FILTER, actor: 'carol' }, nowMs), undefined)
})

filter.run()
