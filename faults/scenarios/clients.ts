import { tempDir } from '../../tests/support/temp-dir.ts'
import { waitFor } from '../../tests/support/wait-for.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { assertBalance, booksOf, figureOf, readMetrics } from '../support/books.ts'
import { withFloodServer } from '../support/flood-server-process.ts'
import { type Pace, PacedClient } from '../support/paced-client.ts'
import type { Tally } from '../tally.ts'

/** About 5 MiB for each client: more than the server and the kernel keep for one that does not read. */
const ENTRIES = 800
const PADDING = 6_500
/** Frames a second that all clients of one process can read together. */
const FRAMES_PER_SECOND = 20_000
const MIN_EVERY_MS = 5
const OPENING = 50
const MIB = 1024 * 1024
/** What may wait for each client that does not read, and what everything else may take meanwhile. */
const UNSENT_BYTES = MIB
const OTHER_BYTES = 128 * MIB
const FLOOD_MS = 180_000
const CATCH_UP_MS = 120_000

export const clients: Scenario = {
  name: 'clients',
  about:
    'so many watchers, of which a tenth never reads and a tenth reads slowly; memory stays bounded, everybody hears everything in order and once, whoever was cut off by coming back',
  cycles: { usual: 500, short: 60 },
  run: runClients,
}

async function runClients({ cycles, tally, onProgress }: ScenarioContext): Promise<void> {
  await withFloodServer(tempDir(), async (server) => {
    const { url } = server
    const all = Array.from({ length: cycles }, (_, index) => new PacedClient(url, paceOf(index)))
    for (let from = 0; from < all.length; from += OPENING) {
      await Promise.all(all.slice(from, from + OPENING).map((client) => client.open()))
    }
    const memory = new PeakMemory(await readMetrics(url))
    const everyMs = Math.max(MIN_EVERY_MS, Math.round((cycles * 1_000) / FRAMES_PER_SECOND))
    await server.flood({ workers: 1, burst: 1, everyMs, count: ENTRIES, padding: PADDING })
    const isStored = async (): Promise<boolean> => {
      const metrics = await readMetrics(url)
      memory.note(metrics)
      assertBalance(booksOf(metrics), tally)
      const stored = figureOf(metrics, 'activity_stored_total')
      onProgress(Math.floor((cycles * stored) / (ENTRIES + 1)))
      return stored >= ENTRIES
    }
    await waitFor(isStored, 'the flood to be stored', FLOOD_MS)

    for (const client of all) client.readOn()
    const isHeard = (): boolean => all.every(({ lastSeq }) => lastSeq >= ENTRIES)
    await waitFor(isHeard, 'everybody to hear the last entry', CATCH_UP_MS).catch(() => {})
    const metrics = await readMetrics(url)
    memory.note(metrics)
    await Promise.all(
      all.map((client, index) =>
        tally.attempt(`client ${index}, ${client.pace}`, () => check(client, tally)),
      ),
    )
    memory.check(all.filter(({ pace }) => pace !== 'fast').length, tally)
    assertBalance(booksOf(metrics), tally)
    const cutOff = (pace: Pace): number => all.filter((one) => one.pace === pace && one.cutOffs > 0).length
    tally.note(
      `cut off: ${cutOff('never')} that never read, ${cutOff('slow')} slow ones, ${cutOff('fast')} others`,
    )
    tally.check(cutOff('never') > 0, 'nobody was cut off, so coming back was not tried')
    for (const client of all) client.close()
  })
}

function paceOf(index: number): Pace {
  if (index % 10 === 0) return 'never'
  return index % 10 === 5 ? 'slow' : 'fast'
}

function check(client: PacedClient, tally: Tally): void {
  tally.lose(client.skipped, `a ${client.pace} client heard a gap`)
  tally.lose(Math.max(0, ENTRIES - client.lastSeq), `a ${client.pace} client never heard the end`)
  tally.duplicate(client.doubled, `a ${client.pace} client heard them again`)
}

/** How much the server grew, as it says itself. */
class PeakMemory {
  readonly #firstBytes: number
  #peakBytes: number

  constructor(metrics: string) {
    this.#firstBytes = figureOf(metrics, 'process_resident_memory_bytes')
    this.#peakBytes = this.#firstBytes
  }

  note(metrics: string): void {
    this.#peakBytes = Math.max(this.#peakBytes, figureOf(metrics, 'process_resident_memory_bytes'))
  }

  check(idleClients: number, tally: Tally): void {
    const grown = this.#peakBytes - this.#firstBytes
    const bound = idleClients * UNSENT_BYTES + OTHER_BYTES
    const inMib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`
    tally.note(`memory of the server grew from ${inMib(this.#firstBytes)} by at most ${inMib(grown)}`)
    tally.check(grown <= bound, `memory grew by ${inMib(grown)}, more than ${inMib(bound)}`)
  }
}
