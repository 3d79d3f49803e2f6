import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toActivityEntry, toEntryJson, toReadableJson } from '../../../src/activity/entry.ts'
import { toMetadataText } from '../../../src/protocol/activity-draft.ts'
import type { ActivityRow } from '../../../src/storage/row-types.ts'
import { hostileText } from '../../support/hostile-text.ts'

const entry = suite('activity entry')

type EntryRow = Omit<ActivityRow, 'hash'>

const ROW: EntryRow = {
  seq: 1,
  ts: 1_700_000_000_123,
  category: 'device',
  action: 'device_lost',
  severity: 'warning',
  actor: 'Kitchen tablet',
  message: 'The controller "Größe" is gone.',
  entity_type: 'device',
  entity_id: 'dev_3f2a9c01d4e5',
  entity_name: 'Größe',
  metadata: '{"reason":"silence","after_ms":5000}',
}

entry('has eleven fields in a frozen order', () => {
  assert.is(
    JSON.stringify(toActivityEntry(ROW, 0)),
    '{"id":"al_514e28b7","ts":"2023-11-14T22:13:20.123Z","category":"device","action":"device_lost",' +
      '"severity":"warning","actor":"Kitchen tablet","message":"The controller \\"Größe\\" is gone.",' +
      '"entity_type":"device","entity_id":"dev_3f2a9c01d4e5","entity_name":"Größe",' +
      '"metadata":{"reason":"silence","after_ms":5000}}',
  )
})

entry('has null where it is about nothing, and an empty object without metadata', () => {
  const bare = { ...ROW, entity_type: null, entity_id: null, entity_name: null, metadata: '{}' }
  assert.equal(toActivityEntry(bare, 0), {
    id: 'al_514e28b7',
    ts: '2023-11-14T22:13:20.123Z',
    category: 'device',
    action: 'device_lost',
    severity: 'warning',
    actor: 'Kitchen tablet',
    message: 'The controller "Größe" is gone.',
    entity_type: null,
    entity_id: null,
    entity_name: null,
    metadata: {},
  })
})

entry('is the same text where watchers get it as where the API gives it', () => {
  const nullableText = fc.option(hostileText())
  const row: fc.Arbitrary<EntryRow> = fc.record({
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    ts: fc.integer({ min: -8.64e15, max: 8.64e15 }),
    category: fc.constant('system'),
    action: hostileText(),
    severity: fc.constant('info'),
    actor: hostileText(),
    message: hostileText(),
    entity_type: nullableText,
    entity_id: nullableText,
    entity_name: nullableText,
    metadata: fc.dictionary(hostileText(), fc.jsonValue()).map((metadata) => toMetadataText(metadata)),
  })
  fc.assert(
    fc.property(row, fc.integer({ min: 0, max: 0xffff_ffff }), (made, salt) => {
      assert.is(toEntryJson(made, salt), JSON.stringify(toActivityEntry(made, salt)))
    }),
  )
})

entry('shows a row that somebody edited by hand instead of failing', () => {
  for (const metadata of ['', '{', '[1]', 'null', '"text"'])
    assert.equal(toActivityEntry({ ...ROW, metadata }, 0).metadata, { _unreadable: true })
  for (const ts of [Number.NaN, 1e300, 'yesterday'])
    assert.is(toActivityEntry({ ...ROW, ts: ts as number }, 0).ts, '1970-01-01T00:00:00.000Z')
})

entry('keeps its types whatever somebody wrote into the columns, and marks it', () => {
  const forged = {
    ...ROW,
    category: 'nonsense',
    severity: 7,
    action: null,
    message: Buffer.from('blob'),
    actor: 1.5,
    entity_id: 5,
  } as unknown as EntryRow
  const { metadata, ...shown } = toActivityEntry(forged, 0)
  assert.equal(shown, {
    ...{ id: 'al_514e28b7', ts: '2023-11-14T22:13:20.123Z', category: 'system', action: 'null' },
    ...{ severity: 'error', actor: '1.5', message: 'blob' },
    ...{ entity_type: 'device', entity_id: '5', entity_name: 'Größe' },
  })
  assert.equal(metadata, { reason: 'silence', after_ms: 5_000, _unreadable: true })
})

entry('is written to an export as the API shows it, whatever somebody made of the row', () => {
  const anything = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.uint8Array())
  const metadata = fc.oneof(
    fc.json(),
    fc.constantFrom(
      '{}',
      '{"a":1}',
      '{\n"a": 1}',
      '[]',
      'null',
      '{"a":',
      '',
      '{"__proto__":1}',
      '{"b":"\\n"}',
    ),
    anything,
  )
  const fields = {
    seq: fc.integer({ min: 1, max: 2 ** 40 }),
    ts: fc.oneof(fc.integer(), fc.constant(Number.NaN)),
    category: fc.oneof(fc.constant('system'), anything),
    action: fc.oneof(fc.constant('server_started'), anything),
    severity: fc.oneof(fc.constant('info'), anything),
    actor: fc.oneof(fc.constant('system'), anything),
    message: fc.oneof(hostileText(), anything),
    entity_type: fc.oneof(fc.constant(null), anything),
    entity_id: fc.oneof(fc.constant(null), anything),
    entity_name: fc.oneof(fc.constant(null), anything),
    metadata,
  }
  fc.assert(
    fc.property(fc.record(fields), (row) => {
      const text = toReadableJson(row as unknown as EntryRow, 7)
      assert.not.match(text, '\n')
      assert.equal(
        JSON.parse(text),
        JSON.parse(JSON.stringify(toActivityEntry(row as unknown as EntryRow, 7))),
      )
    }),
    { numRuns: 500 },
  )
})

entry.run()
