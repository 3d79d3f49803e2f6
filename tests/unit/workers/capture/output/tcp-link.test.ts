import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TcpLink } from '../../../../../workers/capture/output/tcp-link.ts'
import { startOpcServer } from '../../../../support/opc-server.ts'

const tcpLink = suite('TCP link')

const BLACK_PIXEL = Buffer.from('00000003000000', 'hex')

tcpLink('counts what leaves, and what is sent before it is open or after it is closed', async () => {
  const server = await startOpcServer()
  const link = new TcpLink({ address: '127.0.0.1', port: server.port, onIdle: () => {} })
  link.send([BLACK_PIXEL])
  assert.equal(link.takeCounts(), { packetsOut: 0, sendErrors: 1 })
  await link.open()
  link.send([BLACK_PIXEL])
  await server.until(() => server.messages.length === 1, 'the message')
  assert.equal(link.takeCounts(), { packetsOut: 1, sendErrors: 0 })
  link.close()
  link.close()
  await server.close()
})

tcpLink('is busy while a peer does not read, and gives it up for a new connection', async () => {
  const server = await startOpcServer({ isMute: true })
  let idles = 0
  const link = new TcpLink({
    address: '127.0.0.1',
    port: server.port,
    stallMs: 200,
    onIdle: () => {
      idles += 1
    },
  })
  await link.open()
  // More than all buffers of the kernel between the two.
  link.send([new Uint8Array(64 * 1024 * 1024)])
  assert.ok(link.isBusy)
  await server.until(() => server.clients.length === 2, 'a second connection')
  assert.not.ok(link.isBusy, 'what was lost with the first one holds up nothing')
  assert.is(idles, 1, 'and whoever waits is told')
  assert.ok(link.takeCounts().sendErrors >= 1)
  link.close()
  await server.close()
})

tcpLink('resolves its opening although nobody listens, and is there when somebody does', async () => {
  const server = await startOpcServer()
  const { port } = server
  await server.close()
  const link = new TcpLink({ address: '127.0.0.1', port, onIdle: () => {} })
  await link.open()
  assert.ok(link.takeCounts().sendErrors >= 1)
  const late = await startOpcServer({ port })
  await late.until(() => late.clients.length === 1, 'the next try')
  link.close()
  await late.close()
})

tcpLink('throws away what a peer says', async () => {
  const server = await startOpcServer()
  const link = new TcpLink({ address: '127.0.0.1', port: server.port, onIdle: () => {} })
  await link.open()
  await server.until(() => server.clients.length === 1, 'the connection')
  const [client] = server.clients
  await new Promise<void>((resolve) => client?.write(new Uint8Array(16 * 1024 * 1024), () => resolve()))
  link.send([BLACK_PIXEL])
  await server.until(() => server.messages.length === 1, 'the message')
  link.close()
  await server.close()
})

tcpLink.run()
