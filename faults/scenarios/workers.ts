import { setTimeout as delay } from 'node:timers/promises'
import { openLog } from '../../tests/support/activity.ts'
import { Puppet } from '../../tests/support/puppet.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { assertBalance, toBooks } from '../support/books.ts'

const WORKERS = 4
/** Less than a worker's window, so that nothing has to be dropped. */
const MAX_RECORDS = 1_000

export const workers: Scenario = {
  name: 'workers',
  about:
    'four workers throw or exit in the moment they record, again and again; every record is stored, once',
  cycles: { usual: 25, short: 3 },
  run: runCrashes,
}

async function runCrashes({ cycles, random, tally, onProgress }: ScenarioContext): Promise<void> {
  const log = await openLog()
  const crew = Array.from({ length: WORKERS }, () => new Puppet({ recorder: log.recorder }))
  await Promise.all(crew.map(({ supervisor }) => supervisor.start()))
  const expected = new Set<string>()

  const crash = async (puppet: Puppet, tag: string): Promise<void> => {
    const count = random.int(1, MAX_RECORDS)
    for (let i = 0; i < count; i += 1) expected.add(`${tag} ${i}`)
    const lives = puppet.readyCount
    await delay(random.int(0, 5))
    puppet.supervisor.send({ kind: 'end', how: random.pick(['throw', 'exit']), tag, count })
    await puppet.until(() => puppet.readyCount > lives, `the restart after ${tag}`)
  }

  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    await Promise.all(
      crew.map((puppet, index) =>
        tally.attempt(`crash ${cycle} of worker ${index}`, () => crash(puppet, `${index}/${cycle}`)),
      ),
    )
    assertBalance(toBooks(log.recorder.counts()), tally)
    onProgress(cycle)
  }
  await Promise.all(crew.map(({ supervisor }) => supervisor.stop()))
  await log.recorder.flush()

  const stored = log.raw
    .prepare("select message from activity_log where action = 'device_discovered'")
    .pluck()
    .all() as string[]
  const distinct = new Set(stored)
  tally.lose(
    [...expected].filter((message) => !distinct.has(message)).length,
    'records of workers that crashed',
  )
  tally.duplicate(stored.length - distinct.size, 'records of workers that crashed')
  const books = toBooks(log.recorder.counts())
  assertBalance(books, tally)
  tally.check(books.queued === 0 && books.dropped === 0, `${books.queued} queued, ${books.dropped} dropped`)
  tally.note(`${expected.size} records posted in the moment of a crash, ${distinct.size} of them stored`)
  log.raw.close()
}
