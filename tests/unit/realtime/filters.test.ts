import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CATEGORIES, SEVERITIES } from '../../../src/protocol/activity.ts'
import { SubscriptionFilters } from '../../../src/protocol/api-log.ts'
import { fromSubscriptionFilters, matches } from '../../../src/realtime/filters.ts'
import type { ActivityRow } from '../../../src/storage/row-types.ts'
import { openLog } from '../../support/activity.ts'

const filters = suite('filters of a subscription')

const WORDS = ['a', 'A', 'ä', '%', '_', '']

const row: fc.Arbitrary<Omit<ActivityRow, 'seq'>> = fc.record({
  ts: fc.nat(),
  category: fc.constantFrom(...CATEGORIES),
  action: fc.constantFrom('a_created', 'A_created'),
  severity: fc.constantFrom(...SEVERITIES),
  actor: fc.constantFrom(...WORDS),
  message: fc.constant('A sentence.'),
  entity_type: fc.constantFrom('device', null),
  entity_id: fc.constantFrom(...WORDS, null),
  entity_name: fc.constant(null),
  metadata: fc.constant('{}'),
  hash: fc.constant(Buffer.alloc(32)),
})

const asked = fc.record(
  {
    categories: fc.subarray([...CATEGORIES]),
    severities: fc.subarray([...SEVERITIES]),
    actions: fc.subarray(['a_created', 'A_created', 'other']),
    actor: fc.constantFrom(...WORDS),
    entity_type: fc.constantFrom('device', 'Device', 'source'),
    entity_id: fc.constantFrom(...WORDS),
  },
  { requiredKeys: [] },
)

filters('mean the same for a live entry as for a stored one', async () => {
  const { repository, raw } = await openLog()
  const [rows = []] = fc.sample(fc.array(row, { minLength: 300, maxLength: 300 }), { numRuns: 1, seed: 7 })
  const stored = rows.map((one, index) => ({ ...one, seq: index + 1 }))
  await repository.record(stored)
  const property = fc.asyncProperty(asked, async (some) => {
    const wanted = fromSubscriptionFilters(SubscriptionFilters.parse(some))
    const page = await repository.readAfter(0, wanted, 1_000)
    assert.equal(
      page.rows.map(({ seq }) => seq),
      stored.filter((one) => matches(one, wanted)).map(({ seq }) => seq),
    )
  })
  await fc.assert(property, { numRuns: 300 })
  raw.close()
})

filters('leave nothing out that a subscription may ask for', () => {
  const all = {
    categories: ['auth'],
    severities: ['info'],
    actions: ['x'],
    actor: 'a',
    entity_type: 't',
    entity_id: 'i',
  }
  assert.equal(Object.keys(SubscriptionFilters.shape).sort(), Object.keys(all).sort())
  assert.is(Object.keys(fromSubscriptionFilters(SubscriptionFilters.parse(all))).length, 6)
})

filters.run()
