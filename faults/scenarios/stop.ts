import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { call } from '../../tests/support/api.ts'
import { addDevice } from '../../tests/support/entities.ts'
import { type ServerProcess, startBuiltServer, withServer } from '../../tests/support/server-process.ts'
import { tempDir } from '../../tests/support/temp-dir.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { assertBalance, booksOf, readMetrics } from '../support/books.ts'
import { Ear } from '../support/ear.ts'
import { checkChain, checkStored, readStored } from '../support/stored-log.ts'

const CLIENTS = 8
/** How long a stop may take. */
const STOP_MS = 5_000
const MAX_LIFE_MS = 400

export const stop: Scenario = {
  name: 'stop',
  about:
    'SIGTERM while eight clients change things as fast as they are answered; the end comes within 5 s with exit code 0, and every change that was answered is stored',
  cycles: { usual: 10, short: 2 },
  run: runStops,
}

/** Changes a device until the server is gone. @returns the names that it said yes to. */
async function hammer(url: string, deviceId: string, client: string): Promise<readonly string[]> {
  const answered: string[] = []
  for (let n = 1; ; n += 1) {
    const name = `${client} ${n}`
    try {
      const { status } = await call(url, 'PUT', `/api/v1/devices/${deviceId}`, { name })
      if (status === 200) answered.push(name)
      // It is stopping and says so.
      else if (status === 503) return answered
    } catch {
      return answered
    }
  }
}

async function runStops({ cycles, random, tally, onProgress }: ScenarioContext): Promise<void> {
  const dataDir = tempDir()
  let checkedSeq = 0
  let changes = 0
  let slowestMs = 0
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const work = async (server: ServerProcess): Promise<void> => {
      const { url } = server
      const device = await addDevice(url, { name: `Strip ${cycle}` })
      const ear = await Ear.open(url)
      const clients = Array.from({ length: CLIENTS }, (_, i) => hammer(url, device.id, `${cycle}/${i}`))
      await ear.hear()
      await delay(random.int(0, MAX_LIFE_MS))
      assertBalance(booksOf(await readMetrics(url)), tally)

      const askedMs = performance.now()
      const code = await server.end('SIGTERM')
      const tookMs = performance.now() - askedMs
      slowestMs = Math.max(slowestMs, tookMs)
      tally.check(code === 0, `it ended with ${code}: ${server.stderr()}`)
      tally.check(tookMs <= STOP_MS, `the stop took ${Math.round(tookMs)} ms`)
      const answered = (await Promise.all(clients)).flat()
      await ear.watcher.closed

      const stored = readStored(dataDir, checkedSeq)
      checkStored(stored, checkedSeq, tally)
      ear.check(stored, tally)
      checkedSeq = stored.at(-1)?.seq ?? checkedSeq
      const told = stored.filter(({ action }) => action === 'entity_updated')
      const names = new Set(told.map(({ entity_name: name }) => name))
      const missing = answered.filter((name) => !names.has(name))
      tally.lose(missing.length, `changes that were answered and are not stored, such as ${missing[0]}`)
      changes += answered.length
      const spills = readdirSync(dataDir).filter((name) => name.startsWith('spill-'))
      tally.check(spills.length === 0, 'a healthy log was spilled')
    }
    const args = ['--demo', '--data-dir', dataDir, '--log-level', 'error']
    await tally.attempt(`stop ${cycle}`, () => withServer(args, work, startBuiltServer))
    onProgress(cycle)
  }
  await checkChain(dataDir, tally)
  tally.note(`${changes} changes answered and stored; the slowest stop took ${Math.round(slowestMs)} ms`)
}
