import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createSearch } from '../../../src/protocol/log-search.ts'
import type { ActivityRow } from '../../../src/storage/row-types.ts'
import { openLog } from '../../support/activity.ts'

const search = suite('search')

interface Searched {
  readonly message: string
  readonly action: string
  readonly entity_name: string | null
  readonly actor: string
}

/** Letters whose case is folded differently by SQLite, by Unicode, or by no rule; and what LIKE and RegExp obey. */
const LETTERS = 'aAkKsSiIzZ%_\\.*+?()[]{}|^$/ äÄöÖßẞſıİKÅåΣσς灯💡é\u0301\n-'
const text = fc
  .array(fc.oneof(fc.constantFrom(...LETTERS), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), {
    maxLength: 8,
  })
  .map((parts) => parts.join('').replaceAll('\0', ''))
const searched: fc.Arbitrary<Searched> = fc.record({
  message: text,
  action: text,
  entity_name: fc.option(text),
  actor: text,
})

function toRow(seq: number, { message, action, entity_name, actor }: Searched): ActivityRow {
  return {
    seq,
    ts: 0,
    category: 'system',
    action,
    severity: 'info',
    actor,
    message,
    entity_type: null,
    entity_id: null,
    entity_name,
    metadata: '{}',
    hash: Buffer.alloc(32),
  }
}

/** What is found of some entries, by the log and by `createSearch`; `seq` of each. */
async function findBoth(entries: readonly Searched[], queries: readonly string[]) {
  const { repository, raw } = await openLog()
  try {
    await repository.record(entries.map((entry, index) => toRow(index + 1, entry)))
    const results: { q: string; inLog: readonly number[]; live: readonly number[] }[] = []
    for (const q of queries) {
      const { rows } = await repository.query({ q }, entries.length)
      const finds = createSearch(q)
      const live = entries.flatMap((entry, index) => (finds(entry) ? [index + 1] : []))
      results.push({ q, inLog: rows.map(({ seq }) => seq).toReversed(), live })
    }
    return results
  } finally {
    raw.close()
  }
}

search('finds in live entries what a query finds in the log, whatever is asked for', async () => {
  // A query is a piece of some text more often than not, in another case.
  const query = (entries: readonly Searched[]): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.constantFrom(...entries.flatMap(({ message, actor }) => [message, actor]), LETTERS),
        fc.nat(8),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(2),
      )
      .map(([whole, from, length, fold]) => {
        const piece = [...whole].slice(from, from + length).join('')
        return fold === 0 ? piece : fold === 1 ? piece.toUpperCase() : piece.toLowerCase()
      })
      .filter((q) => q !== '')
  const scenario = fc
    .array(searched, { minLength: 1, maxLength: 20 })
    .chain((entries) =>
      fc.tuple(fc.constant(entries), fc.array(query(entries), { minLength: 5, maxLength: 20 })),
    )
  let found = 0
  await fc.assert(
    fc.asyncProperty(scenario, async ([entries, queries]) => {
      for (const { q, inLog, live } of await findBoth(entries, queries)) {
        assert.equal(live, inLog, JSON.stringify(q))
        found += live.length
      }
    }),
    { numRuns: 60 },
  )
  assert.ok(found > 100, `only ${found} finds: the test would prove nothing`)
})

search('looks at message, action, name and actor, and ignores case also beyond ASCII', async () => {
  const entry = { message: 'Öffnete 100%', action: 'target_started', entity_name: 'KÜCHE', actor: 'Zoë' }
  const without = { message: '', action: '', entity_name: null, actor: '' }
  const results = await findBoth([entry, without], ['öFF', '100%', 'T_S', 'küche', 'ZOË', '1%0', 'null'])
  assert.equal(
    results.map(({ live }) => live),
    [[1], [1], [1], [1], [1], [], []],
  )
  for (const { inLog, live } of results) assert.equal(inLog, live)
})

search.run()
