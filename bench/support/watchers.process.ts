/** `URL COUNT`: so many clients that watch the log; see `watchers.ts`. */
import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Of every client each 16th frame is looked into: parsing all would be what is measured. */
const SAMPLED = 16

const [url = '', count = '1'] = process.argv.slice(2)
let frames = 0
let outOfOrder = 0
let agesUs: number[] = []

async function connect(): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/api/v1/events/ws`)
  let heard = 0
  let last = 0
  await once(socket, 'open')
  socket.send('{"type":"auth"}')
  await once(socket, 'message')
  socket.send('{"type":"subscribe"}')
  socket.on('message', (data: Buffer) => {
    const nowUs = Number(process.hrtime.bigint() / 1_000n)
    frames += 1
    heard += 1
    if (heard % SAMPLED !== 0) return
    const { seq, entry } = JSON.parse(data.toString()) as Frame
    if (last !== 0 && seq !== last + SAMPLED) outOfOrder += 1
    last = seq
    agesUs.push(nowUs - entry.metadata.us)
  })
  return socket
}

interface Frame {
  readonly seq: number
  readonly entry: { readonly metadata: { readonly us: number } }
}

const sockets: WebSocket[] = []
for (let n = 0; n < Number(count); n += 1) sockets.push(await connect())
// A subscription has no answer; a ping after it has, and messages are taken in order.
await Promise.all(
  sockets.map(async (socket) => {
    socket.ping()
    await once(socket, 'pong')
  }),
)
process.on('message', () => {
  process.send?.({ frames, outOfOrder, agesUs })
  frames = 0
  outOfOrder = 0
  agesUs = []
})
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
