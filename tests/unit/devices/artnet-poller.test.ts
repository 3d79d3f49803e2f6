import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArtnetPoller } from '../../../src/devices/artnet-poller.ts'
import { startArtnetNode } from '../../support/artnet-node.ts'

const artnetPoller = suite('Art-Net poller')

function setup(port = 0) {
  return new ArtnetPoller({ port, warn: () => {} })
}

artnetPoller('hears a node tell who it is', async () => {
  const poller = setup()
  const node = await startArtnetNode({ shortName: 'Stage', outputs: [1, 2], mac: '020000000007' })
  const found = await poller.ask('127.0.0.1', node.port, 5_000)
  assert.equal(
    [found?.shortName, found?.address, found?.mac, found?.universes],
    ['Stage', '127.0.0.1', '020000000007', [1, 2]],
  )
  node.close()
  await poller.stop()
})

artnetPoller('asks several nodes at once, and takes no answer for that of another', async () => {
  const poller = setup()
  const here = await startArtnetNode({ shortName: 'Here' }, '127.0.0.2')
  const there = await startArtnetNode({ shortName: 'There' }, '127.0.0.3')
  const silent = await startArtnetNode({}, '127.0.0.4')
  silent.isSilent = true
  const answers = await Promise.all([
    poller.ask('127.0.0.2', here.port, 5_000),
    poller.ask('127.0.0.3', there.port, 5_000),
    poller.ask('127.0.0.4', silent.port, 300),
  ])
  assert.equal(
    answers.map((answer) => answer?.shortName),
    ['Here', 'There', undefined],
  )
  for (const node of [here, there, silent]) node.close()
  await poller.stop()
})

artnetPoller('collects everybody who answers, each once', async () => {
  const poller = setup()
  const node = await startArtnetNode({ shortName: 'Stage' })
  const collecting = poller.discover('127.0.0.1', 300)
  await poller.ask('127.0.0.1', node.port, 5_000)
  await poller.ask('127.0.0.1', node.port, 5_000)
  assert.equal(
    (await collecting).map(({ shortName }) => shortName),
    ['Stage'],
  )
  node.close()
  await poller.stop()
})

artnetPoller('says so when its port belongs to somebody else', async () => {
  const owner = createSocket('udp4')
  owner.bind(0)
  await once(owner, 'listening')
  const poller = setup(owner.address().port)
  try {
    await poller.ask('127.0.0.1', 6_454, 100)
    assert.unreachable('the port cannot be shared')
  } catch (cause) {
    assert.is((cause as NodeJS.ErrnoException).code, 'EADDRINUSE')
  }
  owner.close()
  await poller.stop()
})

artnetPoller('knows nothing of nodes at IPv6 addresses, which the protocol has not', async () => {
  const poller = setup()
  assert.is(await poller.ask('::1', 6_454, 100), undefined)
  await poller.stop()
})

artnetPoller.run()
