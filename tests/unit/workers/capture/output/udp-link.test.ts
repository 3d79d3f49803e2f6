import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withDeadline } from '../../../../../src/lib/deadline.ts'
import { UdpLink } from '../../../../../workers/capture/output/udp-link.ts'

const sender = suite('UDP link')

async function setup(address = '127.0.0.1') {
  const receiver = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  receiver.bind(0, address)
  await once(receiver, 'listening')
  let onIdle = (): void => {}
  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      onIdle = resolve
    })
  const { port } = receiver.address() as AddressInfo
  const subject = new UdpLink(address, port, () => onIdle())
  return { receiver, subject, idle }
}

sender('sends packets in order, is busy until they have left, and counts them once', async () => {
  const { receiver, subject, idle } = await setup()
  const received: string[] = []
  const complete = new Promise<void>((resolve) => {
    receiver.on('message', (bytes) => {
      received.push(bytes.toString())
      if (received.length === 3) resolve()
    })
  })
  await subject.open()
  assert.not.ok(subject.isBusy)
  const done = idle()
  subject.send([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')])
  assert.ok(subject.isBusy)
  await withDeadline(done, 5_000, 'sending')
  assert.not.ok(subject.isBusy)
  await withDeadline(complete, 5_000, 'receiving')
  assert.equal(received, ['a', 'b', 'c'])
  assert.equal(subject.takeCounts(), { packetsOut: 3, sendErrors: 0 })
  assert.equal(subject.takeCounts(), { packetsOut: 0, sendErrors: 0 })
  subject.close()
  receiver.close()
})

sender('counts a packet the kernel refuses and goes on', async () => {
  const { receiver, subject, idle } = await setup()
  await subject.open()
  const refused = idle()
  subject.send([new Uint8Array(70_000)])
  await withDeadline(refused, 5_000, 'the refusal')
  assert.equal(subject.takeCounts(), { packetsOut: 0, sendErrors: 1 })
  const message = once(receiver, 'message')
  subject.send([Buffer.from('next')])
  const [bytes] = (await withDeadline(message, 5_000, 'the next packet')) as [Buffer]
  assert.is(bytes.toString(), 'next')
  subject.close()
  receiver.close()
})

sender('counts what is sent before it is open or after it is closed, and throws nothing', async () => {
  const { receiver, subject } = await setup()
  subject.send([Buffer.from('a'), Buffer.from('b')])
  await subject.open()
  subject.close()
  subject.close()
  subject.send([Buffer.from('c')])
  assert.equal(subject.takeCounts(), { packetsOut: 0, sendErrors: 3 })
  receiver.close()
})

if (networkInterfaces().lo?.some(({ address }) => address === '::1')) {
  sender('takes the family from the address: IPv6', async () => {
    const { receiver, subject } = await setup('::1')
    await subject.open()
    const message = once(receiver, 'message')
    subject.send([Buffer.from('six')])
    const [bytes] = (await withDeadline(message, 5_000, 'the packet')) as [Buffer]
    assert.is(bytes.toString(), 'six')
    subject.close()
    receiver.close()
  })
} else {
  console.log('SKIP takes the family from the address: needs an IPv6 loopback')
}

sender.run()
