import { once } from 'node:events'
import fc from 'fast-check'
import { Watcher } from '../../tests/support/watcher.ts'
import type { ScenarioContext } from '../scenario.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 500 })
const anyValue = fc.oneof(fc.jsonValue(), fc.integer(), anyText, fc.constantFrom(2 ** 53, -1, 1e308, null))
const nearMessage = fc
  .record(
    {
      type: fc.oneof(fc.constantFrom('auth', 'subscribe', 'ping', '__proto__'), anyValue),
      token: anyValue,
      since_seq: fc.oneof(fc.integer(), anyValue),
      log_id: anyValue,
      filters: fc.oneof(
        fc.record({ categories: anyValue, severities: anyValue, q: anyValue }, { requiredKeys: [] }),
        anyValue,
      ),
      previews: fc.oneof(fc.array(anyValue), anyValue),
      server_log: anyValue,
    },
    { requiredKeys: ['type'] },
  )
  .map((message) => JSON.stringify(message))
const deep = fc.integer({ min: 1, max: 20_000 }).map((depth) => '['.repeat(depth))
const frame = fc.record({
  isAuthenticated: fc.boolean(),
  data: fc.oneof(
    { arbitrary: nearMessage, weight: 4 },
    fc.json(),
    anyText,
    deep,
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    // Over the bound of 64 KiB.
    fc.integer({ min: 65_530, max: 70_000 }).map((length) => 'x'.repeat(length)),
  ),
})

/** Says what no client of ours would say; the answer is an error and a close, or what was asked for. */
export async function fuzzFrames(
  url: string,
  { cycles, seed, tally }: ScenarioContext,
  onCase: () => void,
): Promise<number> {
  const frames = fc.sample(frame, { numRuns: cycles, seed })
  for (const { isAuthenticated, data } of frames) {
    const shown = JSON.stringify(String(data).slice(0, 100))
    await tally.attempt(shown, async () => {
      const watcher = new Watcher(url)
      await once(watcher.socket, 'open')
      if (isAuthenticated) watcher.say({ type: 'auth' })
      watcher.socket.send(data)
      // Answered after all that was said before it, unless the socket is closed for it.
      watcher.socket.ping()
      await Promise.race([once(watcher.socket, 'pong'), watcher.closed])
      watcher.socket.close()
      const { code } = await watcher.closed
      const internal = watcher.events.filter(({ code: error }) => error === 'LG_INTERNAL')
      tally.check(internal.length === 0 && code !== 1011, `${shown} ended with ${code}`)
    })
    onCase()
  }
  return frames.length
}
