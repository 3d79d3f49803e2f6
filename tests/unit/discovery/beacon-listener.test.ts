import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BeaconListener } from '../../../workers/discovery/beacon-listener.ts'
import { toNodeBeacon } from '../../../workers/virtual-controller/node-beacon.ts'
import { waitFor } from '../../support/wait-for.ts'

const beaconListener = suite('beacon listener')

async function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

beaconListener('says where a beacon came from, once, and nothing of other packets', async () => {
  const port = await freePort()
  const hints: string[] = []
  const listener = new BeaconListener({
    address: '127.0.0.1',
    port,
    onHint: (address) => hints.push(address),
    onUnavailable: (cause) => assert.unreachable(cause.message),
  })
  listener.start()
  const sender = createSocket('udp4')
  const beacon = toNodeBeacon('Desk', true)
  await waitFor(() => {
    sender.send('garbage', port, '127.0.0.1')
    sender.send(beacon, port, '127.0.0.1')
    return hints.length > 0
  }, 'the hint')
  sender.send(beacon, port, '127.0.0.1')
  assert.equal(hints, ['127.0.0.1'])
  listener.stop()
  listener.stop()
  sender.close()
})

beaconListener('goes without when its address is not there', async () => {
  let reason = ''
  const listener = new BeaconListener({
    address: '192.0.2.1',
    port: await freePort(),
    onHint: () => {},
    onUnavailable: (cause) => {
      reason = cause.message
    },
  })
  listener.start()
  await waitFor(() => reason !== '', 'the reason')
  listener.stop()
})

beaconListener.run()
