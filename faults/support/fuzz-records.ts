import fc from 'fast-check'
import { createSharedRecords, Intake } from '../../src/activity/intake.ts'
import { toErrorMessage } from '../../src/errors.ts'
import { TextRingWriter } from '../../src/lib/text-ring.ts'
import { ACTIONS, CATEGORIES, SEVERITIES } from '../../src/protocol/activity.ts'
import { openLog } from '../../tests/support/activity.ts'
import type { ScenarioContext } from '../scenario.ts'
import { assertBalance, toBooks } from './books.ts'

const PART = 500

/** Anything that JSON can hold. */
const anything = fc.jsonValue()
const text = fc.string({ unit: 'binary', maxLength: 2_000 })

/** A field as it should be, or anything. */
function odd<T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: usual, weight: 3 }, { arbitrary: anything, weight: 1 })
}

const draft = fc.record(
  {
    tsMs: odd(fc.integer()),
    category: odd(fc.constantFrom(...CATEGORIES)),
    action: odd(fc.constantFrom(...Object.keys(ACTIONS))),
    severity: odd(fc.constantFrom(...SEVERITIES)),
    message: odd(text),
    entityType: odd(text),
    entityId: odd(text),
    entityName: odd(text),
    metadata: odd(fc.oneof(fc.json(), text)),
  },
  { requiredKeys: [] },
)
const record = fc.oneof(
  { arbitrary: odd(draft).map((value) => JSON.stringify(value)), weight: 9 },
  { arbitrary: text, weight: 1 },
)

/** Leaves records that no worker of ours would leave; each must be stored, as far as it can be read. */
export async function fuzzRecords(
  { cycles, seed, tally }: ScenarioContext,
  onCase: () => void,
): Promise<number> {
  const texts = fc.sample(record, { numRuns: cycles, seed })
  const log = await openLog()
  const records = createSharedRecords()
  const writer = new TextRingWriter(records.texts)
  const intake = new Intake(records, log.recorder)
  // In parts, so that a worker's bound does not refuse what is to be read.
  for (let from = 0; from < texts.length; from += PART) {
    const part = texts.slice(from, from + PART)
    for (const one of part) tally.check(writer.write(one), 'a record had no room')
    try {
      intake.takeAll()
    } catch (cause) {
      tally.fail(`a record threw: ${toErrorMessage(cause)}`)
    }
    await log.recorder.flush()
    for (const _ of part) onCase()
  }
  const books = toBooks(log.recorder.counts())
  assertBalance(books, tally)
  tally.lose(texts.length - books.stored, 'records with fields that could not be read')
  tally.survive(texts.length)
  log.raw.close()
  return texts.length
}
