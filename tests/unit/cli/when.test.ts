import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseWhen } from '../../../src/cli/when.ts'

const when = suite('parseWhen')

// Clocks went forward that night in Berlin: the 29th has 23 hours.
process.env.TZ = 'Europe/Berlin'
const NOW_MS = Date.parse('2026-03-29T12:00:00+02:00')

/** As UTC, or undefined. */
function read(text: string): string | undefined {
  const ms = parseWhen(text, NOW_MS)
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

when('reads how long ago', () => {
  assert.is(read('90s'), '2026-03-29T09:58:30.000Z')
  assert.is(read('30m'), '2026-03-29T09:30:00.000Z')
  assert.is(read('2h'), '2026-03-29T08:00:00.000Z')
  assert.is(read('7d'), '2026-03-22T10:00:00.000Z')
  assert.is(read('1w'), read('7d'))
  assert.is(read('0s'), read('now'))
})

when('reads days by the calendar, not by 24 hours', () => {
  assert.is(read('now'), '2026-03-29T10:00:00.000Z')
  assert.is(read('today'), '2026-03-28T23:00:00.000Z')
  assert.is(read('yesterday'), '2026-03-27T23:00:00.000Z')
  assert.is(parseWhen('yesterday', Date.parse('2026-03-30T12:00:00+02:00')), parseWhen('today', NOW_MS))
})

when('reads ISO 8601, local where it names no zone (RFC 3339 §5.6)', () => {
  assert.is(read('2026-07-01'), '2026-06-30T22:00:00.000Z')
  assert.is(read('2026-07-01T18:30'), '2026-07-01T16:30:00.000Z')
  assert.is(read('2026-07-01 18:30:15'), '2026-07-01T16:30:15.000Z')
  assert.is(read('2026-07-01T18:30:15.25Z'), '2026-07-01T18:30:15.250Z')
  assert.is(read('2026-07-01t18:30z'), '2026-07-01T18:30:00.000Z')
  assert.is(read('2026-07-01T18:30-05:30'), '2026-07-02T00:00:00.000Z')
})

when('takes nothing else', () => {
  for (const text of ['', 'never', '2', 'h', '-2h', '2 h', '1.5h', '2H', 'Today', '2h30m', '0x1h', '1y']) {
    assert.is(read(text), undefined, text)
  }
  for (const text of [
    '2026',
    '2026-07',
    '2026-13-01',
    '2026-02-30',
    '2026-07-01T25:00',
    '2026-07-01Z',
    '1-1-1',
  ]) {
    assert.is(read(text), undefined, text)
  }
})

when('stays within what a year of four digits can say', () => {
  assert.is(read('999999999w'), '1970-01-01T00:00:00.000Z')
  assert.is(read('0000-01-01'), '1970-01-01T00:00:00.000Z')
  assert.is(read('9999-12-31T23:59:59.999-12:00'), '9999-12-31T23:59:59.999Z')
})

when('reads every time that the log writes as that time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
      assert.is(parseWhen(new Date(ms).toISOString(), NOW_MS), ms)
    }),
  )
})

when('never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const ms = parseWhen(text, NOW_MS)
      assert.ok(ms === undefined || Number.isInteger(ms))
    }),
  )
})

when.run()
