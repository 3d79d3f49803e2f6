import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import type { SealedEntry } from '../../../src/activity/sealer.ts'
import { startHub } from '../../support/hub-server.ts'
import { waitFor } from '../../support/wait-for.ts'
import { Watcher, watch } from '../../support/watcher.ts'

const hub = suite('realtime hub')

/** Metadata of nearly 8 KiB: the largest entry there is. */
const LARGE = 'x'.repeat(8_000)

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

hub('closes whoever does not say who it is in time', async () => {
  const server = await startHub({ authTimeoutMs: 50 })
  const silent = new Watcher(server.url)
  assert.is((await silent.closed).code, 4401)
  const watcher = await watch(server.url)
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.is(watcher.socket.readyState, WebSocket.OPEN, 'who has said it stays')
  await server.stop()
})

hub('ends a connection that answers no ping, and keeps one that does', async () => {
  const server = await startHub({ pingMs: 100 })
  const watcher = await watch(server.url)
  const dead = new WebSocket(`${server.url.replace('http', 'ws')}/`, { autoPong: false })
  await once(dead, 'open')
  const [code] = (await once(dead, 'close')) as [number]
  assert.is(code, 1006, 'without a goodbye: nobody would hear it')
  await once(watcher.socket, 'ping')
  await once(watcher.socket, 'ping')
  assert.is(server.hub.clientCount, 1)
  await server.stop()
})

hub(
  'lets a client go that does not read, sends the others everything, and takes it back where it was',
  async () => {
    const server = await startHub()
    const slow = await watch(server.url)
    const fast = await watch(server.url)
    server.write('warm-up')
    await waitFor(() => slow.seqs().length > 0 && fast.seqs().length > 0, 'both to hear')
    slow.socket.pause()
    // More than the kernel keeps for a connection on loopback, and our megabyte.
    let written = 1
    while (server.hub.clientCount === 2) {
      for (let i = 0; i < 128; i += 1) server.write('busy', LARGE)
      written += 128
      await server.recorder.flush()
      await waitFor(() => fast.seqs().length === written, 'the fast one to have read')
      assert.ok(written < 20_000, 'the slow one is kept for ever')
    }
    slow.socket.resume()
    await slow.closed
    const heard = slow.seqs()
    assert.equal(heard, range(1, heard.length), 'what it heard has no hole')
    assert.ok(heard.length < written)
    assert.equal(fast.seqs(), range(1, written))

    const back = await watch(server.url, { subscribe: { since_seq: heard.length } })
    await waitFor(() => back.seqs().at(-1) === written, 'the rest')
    assert.equal(back.seqs(), range(heard.length + 1, written))
    await server.stop()
  },
)

hub('bounds what other events gather for a client that never reads its past', async () => {
  const server = await startHub()
  for (let i = 0; i < 3_000; i += 1) server.write('past', LARGE)
  await server.recorder.flush()
  const watcher = await watch(server.url)
  watcher.socket.pause()
  watcher.say({ type: 'subscribe', since_seq: 0 })
  await waitFor(() => {
    for (let i = 0; i < 1_000; i += 1) {
      server.hub.publishEvent({ type: 'target_state_changed', target_id: 'tgt_x', state: 'running' })
    }
    return server.hub.clientCount === 0
  }, 'it to be let go')
  watcher.socket.resume()
  await watcher.closed
  await server.stop()
})

hub('serves the last subscription, whatever an earlier one is still sending', async () => {
  const server = await startHub()
  const total = 3_000
  for (let i = 0; i < total; i += 1) server.write('past', LARGE)
  await server.recorder.flush()
  const watcher = await watch(server.url)
  watcher.socket.pause()
  watcher.say({ type: 'subscribe', since_seq: 0 })
  await waitFor(() => isAtRest(() => server.reads), 'the catch-up to stand still: nothing is read')
  watcher.say({ type: 'subscribe', since_seq: 1_500 })
  watcher.say({ type: 'subscribe', since_seq: 10 })
  await waitFor(() => isAtRest(() => server.hub.clientCount), 'both to be heard')
  watcher.socket.resume()
  await waitFor(() => watcher.seqs().at(-1) === total, 'all entries')
  const seqs = watcher.seqs()
  assert.is(seqs.filter((seq) => seq === 11).length, 2, 'once for the first, once for the last')
  assert.equal(seqs.slice(seqs.lastIndexOf(11)), range(11, total))
  assert.not.ok(seqs.slice(0, seqs.lastIndexOf(11)).includes(1_501), 'the second never had its turn')
  await server.stop()
})

/** True when a number stays what it is, and more than zero, for a while. */
async function isAtRest(read: () => number): Promise<boolean> {
  const before = read()
  await new Promise((resolve) => setTimeout(resolve, 150))
  return before > 0 && read() === before
}

hub('does not repeat what a catch-up has read before it was published', async () => {
  const held: SealedEntry[] = []
  const server = await startHub({ publish: (entries) => held.push(...entries) })
  for (let i = 0; i < 5; i += 1) server.write('early')
  await server.recorder.flush()
  await waitFor(() => held.length === 5, 'what there is to publish')
  server.hub.publishEntries(held.slice(0, 2))
  const watcher = await watch(server.url, { subscribe: { since_seq: 0 } })
  await waitFor(() => watcher.seqs().length === 5, 'what is stored')
  server.hub.publishEntries(held.slice(2))
  const sixth = held.at(-1)
  if (sixth) server.hub.publishEntries([{ ...sixth, seq: 6 }])
  await waitFor(() => watcher.seqs().at(-1) === 6, 'the next')
  assert.equal(watcher.seqs(), range(1, 6))
  await server.stop()
})

hub('asks for the previews somebody watches, and tells when that changes', async () => {
  const server = await startHub()
  const first = await watch(server.url, { subscribe: { previews: ['tgt_a', 'tgt_b'] } })
  await waitFor(() => server.previews.length === 1, 'the first')
  const second = await watch(server.url, { subscribe: { previews: ['tgt_b'] } })
  const third = await watch(server.url)
  await third.close()
  server.hub.publishPreview('tgt_b', Uint8Array.of(1, 2, 3))
  server.hub.publishPreview('tgt_a', Uint8Array.of(4, 5, 6))
  const preview = await second.waitForType('target_preview')
  assert.equal(preview, { type: 'target_preview', target_id: 'tgt_b', rgb: 'AQID' })
  await waitFor(() => first.events.filter(({ type }) => type === 'target_preview').length === 2, 'both')
  await first.close()
  await waitFor(() => server.previews.length === 2, 'the change')
  await second.close()
  await waitFor(() => server.previews.length === 3, 'the end')
  assert.equal(
    server.previews.map((ids) => [...ids].sort()),
    [['tgt_a', 'tgt_b'], ['tgt_b'], []],
  )
  assert.is(second.events.filter(({ target_id: id }) => id === 'tgt_a').length, 0)
  await server.stop()
})

hub('does not read on after a message it has refused', async () => {
  const server = await startHub()
  const watcher = new Watcher(server.url)
  await once(watcher.socket, 'open')
  watcher.say({ type: 'auth', token: 'wrong' })
  watcher.say({ type: 'auth', token: 'right' })
  watcher.say({ type: 'subscribe' })
  assert.is((await watcher.closed).code, 4401)
  assert.equal(
    watcher.events.map(({ type }) => type),
    ['error'],
  )
  await server.stop()
})

hub('answers an upgrade with 503 while it stops', async () => {
  const server = await startHub()
  server.hub.refuseNew()
  const late = new WebSocket(`${server.url.replace('http', 'ws')}/`)
  const [error] = (await once(late, 'error')) as [Error]
  assert.match(error.message, '503')
  await server.stop()
})

hub.run()
