import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import type { ServerEvent } from '../../../src/protocol/server-events.ts'
import { type ConnectionState, EventSocket, type SocketLike } from '../../../src/web/api/event-socket.ts'
import { startHub } from '../../support/hub-server.ts'
import { waitFor } from '../../support/wait-for.ts'

const eventSocket = suite("the page's event socket")

async function setup(options: { readonly token?: string } = {}) {
  const hub = await startHub()
  const sockets: WebSocket[] = []
  const events: ServerEvent[] = []
  const states: ConnectionState[] = []
  const socket = new EventSocket({
    createSocket: () => {
      const made = new WebSocket(hub.url.replace('http', 'ws'))
      made.on('error', () => {})
      sockets.push(made)
      return made as unknown as SocketLike
    },
    token: () => options.token,
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    random: () => 0,
  })
  const seqs = (): readonly number[] =>
    events.flatMap((event) => (event.type === 'activity_logged' ? [event.seq] : []))
  const untilLive = (times: number): Promise<unknown> =>
    waitFor(() => states.filter(({ kind }) => kind === 'live').length === times, `live ${times} times`)
  const stop = async (): Promise<void> => {
    socket.disconnect()
    await hub.stop()
  }
  return { hub, socket, sockets, events, states, seqs, untilLive, stop }
}

eventSocket('hears every entry after it came, once and in order', async () => {
  const { hub, socket, seqs, untilLive, stop } = await setup()
  hub.write('before')
  await hub.recorder.flush()
  socket.connect()
  await untilLive(1)
  for (let n = 0; n < 50; n += 1) hub.write('alice')
  await waitFor(() => seqs().length === 50, 'all entries')
  assert.equal(
    seqs(),
    Array.from({ length: 50 }, (_, n) => n + 2),
  )
  await stop()
})

eventSocket('misses nothing and repeats nothing across lost connections', async () => {
  const { hub, socket, sockets, states, seqs, untilLive, stop } = await setup()
  socket.connect()
  await untilLive(1)
  for (const round of [1, 2, 3]) {
    for (let n = 0; n < 20; n += 1) hub.write('alice')
    sockets.at(-1)?.terminate()
    for (let n = 0; n < 20; n += 1) hub.write('alice')
    await untilLive(round + 1)
  }
  await waitFor(() => seqs().length === 120, 'all entries')
  assert.equal(
    seqs(),
    Array.from({ length: 120 }, (_, n) => n + 1),
  )
  assert.equal([...new Set(states.map(({ kind }) => kind))], ['connecting', 'live', 'waiting'])
  await stop()
})

eventSocket('asks for other previews without losing its place', async () => {
  const { hub, socket, seqs, untilLive, stop } = await setup()
  socket.connect()
  await untilLive(1)
  for (let n = 0; n < 200; n += 1) {
    hub.write('alice')
    if (n % 20 === 0) socket.setPreviews([`tgt_${n}`])
  }
  await waitFor(() => seqs().length === 200, 'all entries')
  assert.equal(
    seqs(),
    Array.from({ length: 200 }, (_, n) => n + 1),
  )
  await waitFor(() => hub.previews.at(-1)?.join() === 'tgt_180', 'the last previews')
  await stop()
})

eventSocket('goes on at the head of another log', async () => {
  const first = await setup()
  first.socket.connect()
  await first.untilLive(1)
  for (let n = 0; n < 5; n += 1) first.hub.write('alice')
  await waitFor(() => first.seqs().length === 5, 'the entries of the first log')
  const second = await startHub()
  const states: string[] = []
  const events: ServerEvent[] = []
  // The same page, and behind its address a server with another log.
  let { url } = first.hub
  const sockets: WebSocket[] = []
  const socket = new EventSocket({
    createSocket: () => {
      const made = new WebSocket(url.replace('http', 'ws'))
      made.on('error', () => {})
      sockets.push(made)
      return made as unknown as SocketLike
    },
    token: () => undefined,
    onEvent: (event) => events.push(event),
    onState: ({ kind }) => states.push(kind),
    random: () => 0,
  })
  socket.connect()
  await waitFor(() => states.includes('live'), 'the first log')
  assert.is(socket.lastSeq, 5)
  url = second.url
  second.write('bob')
  await second.recorder.flush()
  sockets[0]?.terminate()
  await waitFor(() => events.some(({ type }) => type === 'reset'), 'a reset')
  assert.is(socket.lastSeq, 1)
  second.write('bob')
  await waitFor(() => socket.lastSeq === 2, 'the next entry')
  socket.disconnect()
  await second.stop()
  await first.stop()
})

eventSocket('does not come back with a key that was refused, and says which it was', async () => {
  const { socket, sockets, states, stop } = await setup({ token: 'wrong' })
  socket.connect()
  await waitFor(() => states.at(-1)?.kind === 'refused', 'the refusal')
  assert.equal(states.at(-1), { kind: 'refused', token: 'wrong' })
  assert.is(sockets.length, 1)
  await stop()
})

eventSocket('tries again at once when it is told to', async () => {
  const { socket, sockets, states, untilLive, stop } = await setup()
  socket.connect()
  await untilLive(1)
  sockets[0]?.terminate()
  await waitFor(() => states.at(-1)?.kind === 'waiting', 'the pause')
  socket.connect()
  assert.is(sockets.length, 2)
  await untilLive(2)
  await stop()
})

eventSocket.run()
