import { setTimeout as delay } from 'node:timers/promises'
import { tempDir } from '../../tests/support/temp-dir.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { assertBalance, booksOf, readMetrics } from '../support/books.ts'
import { Ear } from '../support/ear.ts'
import { FloodServer, withFloodServer } from '../support/flood-server-process.ts'
import { checkChain, checkStored, readStored } from '../support/stored-log.ts'

const WORKERS = 4
/** How long a server may live under load, ms. */
const MAX_LIFE_MS = 120

export const kill: Scenario = {
  name: 'kill',
  about:
    'kill -9 at random moments while four workers record; what a watcher was told is stored, once, and the chain verifies',
  cycles: { usual: 20, short: 50 },
  run: runKills,
}

async function runKills({ cycles, random, tally, onProgress }: ScenarioContext): Promise<void> {
  const dataDir = tempDir()
  let checkedSeq = 0
  let told = 0
  let previous: Ear | undefined

  /** With a server that came after it: what recovery made of the file is what counts. */
  const checkPrevious = (): void => {
    const stored = readStored(dataDir, checkedSeq)
    checkStored(stored, checkedSeq, tally)
    told += previous?.check(stored, tally) ?? 0
    checkedSeq = stored.at(-1)?.seq ?? checkedSeq
  }

  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    await tally.attempt(`kill ${cycle}`, async () => {
      const server = await FloodServer.start(dataDir)
      try {
        checkPrevious()
        previous = undefined
        const ear = await Ear.open(server.url)
        await server.flood({ workers: WORKERS, burst: random.int(1, 8), everyMs: 2 })
        await ear.hear()
        // The randomness is what is tried here; nothing waits for this to be over.
        await delay(random.int(0, MAX_LIFE_MS))
        assertBalance(booksOf(await readMetrics(server.url)), tally)
        previous = ear
      } finally {
        await server.end('SIGKILL')
      }
      await previous?.watcher.closed
    })
    onProgress(cycle)
  }
  await withFloodServer(dataDir, async (server) => {
    checkPrevious()
    assertBalance(booksOf(await readMetrics(server.url)), tally)
    tally.check((await server.end('SIGTERM')) === 0, 'the last server did not end with 0')
  })
  await checkChain(dataDir, tally)
  tally.note(`${checkedSeq} entries stored, ${told} of them told to a watcher before the kill`)
}
