import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import type { ScenarioContext } from '../scenario.ts'

/** What may stand in a request after its first line. */
const header = fc.constantFrom(
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Version: 99',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Key: short',
  'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
)
const GOOD_HEADERS = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]
const sequence = fc.record({
  headers: fc.oneof(
    { arbitrary: fc.constant(GOOD_HEADERS), weight: 3 },
    { arbitrary: fc.array(header, { maxLength: 6 }), weight: 1 },
  ),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 400 }),
})

/** Bytes that are no frames, after an upgrade that may be none. */
export async function fuzzSockets(
  url: string,
  { cycles, seed, tally }: ScenarioContext,
  onCase: () => void,
): Promise<number> {
  const { hostname, port, host } = new URL(url)
  const sequences = fc.sample(sequence, { numRuns: cycles, seed })
  for (const { headers, bytes } of sequences) {
    const shown = Buffer.from(bytes).toString('base64')
    await tally.attempt(shown, async () => {
      const socket = connect(Number(port), hostname)
      let heard = ''
      socket.on('data', (chunk) => {
        heard += chunk.toString('latin1')
      })
      // A reset is an answer, too.
      socket.on('error', () => {})
      const closed = once(socket, 'close')
      socket.write(`GET /api/v1/events/ws HTTP/1.1\r\nHost: ${host}\r\n${headers.join('\r\n')}\r\n\r\n`)
      socket.end(bytes)
      await closed
      tally.check(!/^HTTP\/1\.1 5/.test(heard), `${heard.slice(0, 40)} for ${shown}`)
    })
    onCase()
  }
  return sequences.length
}
