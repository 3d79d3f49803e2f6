import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ledger } from '../../../src/activity/ledger.ts'

const ledger = suite('ledger')

ledger('balances: accepted is what is stored, queued or dropped', () => {
  const books = new Ledger()
  books.accepted(10)
  books.stored(6)
  books.lost('device', 'queue_full', 3)
  books.lost('auth', 'invalid', 1)
  assert.equal(books.counts(4), {
    accepted: 14,
    stored: 6,
    queued: 4,
    dropped: { queue_full: 3, invalid: 1 },
  })
})

ledger('does not count as accepted again what was given up at the end', () => {
  const books = new Ledger()
  books.accepted(2)
  books.lost('system', 'exit', 2)
  assert.equal(books.counts(0), { accepted: 2, stored: 0, queued: 0, dropped: { exit: 2 } })
})

ledger('tells each loss once, by category and by reason', () => {
  const books = new Ledger()
  assert.is(books.takeUnreported(), undefined)
  assert.is(books.lost('device', 'queue_full', 2), true, 'the first since the last report is news')
  assert.is(books.lost('device', 'invalid', 1), false)
  assert.is(books.lost('auth', 'queue_full', 1), false)
  assert.equal(books.takeUnreported(), {
    total: 4,
    byCategory: { device: 3, auth: 1 },
    byReason: { queue_full: 3, invalid: 1 },
  })
  assert.is(books.takeUnreported(), undefined)
  assert.is(books.lost('device', 'queue_full', 1), true)
})

ledger('takes no loss of nothing', () => {
  const books = new Ledger()
  assert.is(books.lost('device', 'queue_full', 0), false)
  assert.is(books.lost('device', 'queue_full', -1), false)
  assert.is(books.takeUnreported(), undefined)
})

ledger('tells what was suppressed once', () => {
  const books = new Ledger()
  books.suppressed('device')
  books.suppressed('device')
  books.suppressed('auth')
  assert.equal(books.takeSuppressed(), { device: 2, auth: 1 })
  assert.equal(books.takeSuppressed(), {})
})

ledger('gives out counts that later ones do not change', () => {
  const books = new Ledger()
  books.lost('device', 'invalid', 1)
  const before = books.counts(0)
  books.lost('device', 'invalid', 1)
  assert.equal(before.dropped, { invalid: 1 })
})

ledger.run()
