import { MessageChannel } from 'node:worker_threads'
import fc from 'fast-check'
import { Intake } from '../../src/activity/intake.ts'
import { toErrorMessage } from '../../src/errors.ts'
import { ACTIONS, CATEGORIES, SEVERITIES } from '../../src/protocol/activity.ts'
import { openLog } from '../../tests/support/activity.ts'
import { waitFor } from '../../tests/support/wait-for.ts'
import type { ScenarioContext } from '../scenario.ts'
import { assertBalance, toBooks } from './books.ts'

const PART = 500

/** Anything that can cross a port. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
})
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
const report = fc.record({ kind: fc.constant('activity'), n: odd(fc.integer()), draft: odd(draft) })

/** Posts records that no worker of ours would post; each must be stored, as far as it can be read. */
export async function fuzzRecords(
  { cycles, seed, tally }: ScenarioContext,
  onCase: () => void,
): Promise<number> {
  const reports = fc.sample(report, { numRuns: cycles, seed })
  const log = await openLog()
  const { port1: ours, port2: theirs } = new MessageChannel()
  const intake = new Intake(ours, log.recorder)
  let arrived = 0
  ours.on('message', (message: unknown) => {
    arrived += 1
    try {
      tally.check(intake.take(message), 'a record was taken for something else')
    } catch (cause) {
      tally.fail(`a record threw: ${toErrorMessage(cause)}`)
    }
  })
  // In parts, so that a worker's window does not refuse what is to be read.
  for (let from = 0; from < reports.length; from += PART) {
    const part = reports.slice(from, from + PART)
    for (const one of part) theirs.postMessage(one)
    await waitFor(() => arrived >= from + part.length, 'the records to arrive')
    await log.recorder.flush()
    for (const _ of part) onCase()
  }
  ours.close()
  const books = toBooks(log.recorder.counts())
  assertBalance(books, tally)
  tally.lose(reports.length - books.stored, 'records with fields that could not be read')
  tally.survive(reports.length)
  log.raw.close()
  return reports.length
}
