/**
 * The floor of anything that sends at an even pace: sleeps until each beat, does nothing else, and sends the same packets
 * to each port, ready-made but for their sequence number. After a late beat the next one waits, too, for 15 ms must pass
 * between two frames.
 * `node bare-sender.process.js LEDS FPS PORT…`
 */
import { createSocket, type Socket } from 'node:dgram'
import { setImmediate as turn } from 'node:timers/promises'
import { E131Encoder, MAX_SLOTS } from '../../src/led/e131-encoder.ts'

/** WLED shows no two frames within less. */
const GATE_MS = 15
const [leds = '510', fps = '60', ...ports] = process.argv.slice(2)
const options = {
  universe: 1,
  channelsPerUniverse: MAX_SLOTS,
  priority: 100,
  cid: Buffer.alloc(16),
  sourceName: 'Bare',
}
const encoder = new E131Encoder(new Uint8Array(Number(leds) * 3), options)
const sockets = await Promise.all(ports.map((port) => connect(Number(port))))
const neverChanged = new Int32Array(new SharedArrayBuffer(4))
const startedMs = performance.now()
let sentMs = 0
// Whoever started it may have crashed.
const startedBy = process.ppid
for (let beat = 1; process.ppid === startedBy; beat += 1) {
  const dueMs = Math.max(startedMs + (beat * 1_000) / Number(fps), sentMs + GATE_MS)
  const waitMs = dueMs - performance.now()
  if (waitMs > 0) Atomics.wait(neverChanged, 0, 0, waitMs)
  sentMs = performance.now()
  const packets = encoder.encode()
  for (const socket of sockets) {
    for (const packet of packets) socket.send(packet)
  }
  // What was sent is reported back meanwhile.
  await turn()
}
for (const socket of sockets) socket.close()

async function connect(port: number): Promise<Socket> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve))
  return socket
}
