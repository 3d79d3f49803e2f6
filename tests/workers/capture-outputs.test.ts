import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sacn from 'sacn'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { OutputPlan } from '../../src/protocol/worker-messages.ts'
import { parseRealtimePacket } from '../../workers/virtual-controller/realtime-packet.ts'
import { endCapture, runTarget, setupCard, stopTarget, sumStats } from '../support/capture-worker.ts'
import { hex } from '../support/hex.ts'
import { testWith } from '../support/needs.ts'
import { startOpcServer } from '../support/opc-server.ts'
import { SerialPair } from '../support/serial-pair.ts'
import { toStillLeds, toTestCardLeds, toTestPlan } from '../support/target-plan.ts'
import { tempDir } from '../support/temp-dir.ts'
import { startUdpSink } from '../support/udp-sink.ts'
import { waitFor } from '../support/wait-for.ts'

const outputs = suite('capture worker, outputs')

const E131 = {
  kind: 'e131',
  universe: 7,
  channels_per_universe: 510,
  priority: 120,
  is_multicast: false,
  color_order: 'rgb',
} as const satisfies Omit<Extract<OutputPlan, { kind: 'e131' }>, 'port'>

outputs('stream UDP realtime to a WLED, and tell it to leave realtime on stop', async () => {
  const { worker, strip, plan } = await setupCard()
  const sink = await startUdpSink()
  const output = { kind: 'realtime', port: sink.port, format: 'drgb' } as const
  const wled = { ...plan, device: { ...plan.device, type: 'wled' as const, output } }
  await runTarget(worker, wled)
  await sink.until(() => sink.packets.length >= 3, 'three frames')
  await stopTarget(worker, wled)
  await sink.until(
    () => parseRealtimePacket(sink.packets.at(-1) ?? Buffer.alloc(0))?.kind === 'leave',
    'the goodbye',
  )
  const frames = sink.packets.slice(0, -1).map((packet) => parseRealtimePacket(packet))
  assert.ok(frames.every((frame) => frame?.kind === 'run' && frame.data.length === 300))
  sink.close()
  await endCapture(worker, strip)
})

outputs(
  'stream E1.31 with a sequence per universe, go on with it after a change, and end dark with a goodbye',
  async () => {
    const { worker, strip, plan } = await setupCard()
    const sink = await startUdpSink()
    const toPlan = (priority: number) => {
      const output = { ...E131, port: sink.port, priority }
      return toTestPlan(
        { id: 'device_stage', type: 'e131', led_count: 350, output },
        { target_id: plan.target_id },
      )
    }
    const read = () => sink.packets.map((packet) => new sacn.Packet(packet))
    await runTarget(worker, toPlan(120))
    await sink.until(() => sink.packets.length >= 9, 'three frames')
    await runTarget(worker, toPlan(150))
    const isLast = (packet: Buffer | undefined): boolean => packet?.readUInt8(108) === 150
    await sink.until(() => isLast(sink.packets.at(-1)), 'the new priority')
    await stopTarget(worker, toPlan(150))
    const isGoodbye = (packet: Buffer | undefined): boolean => packet?.readUInt8(112) === 0x40
    await sink.until(() => sink.packets.filter(isGoodbye).length >= 9, 'the goodbyes')

    assert.equal(
      read()
        .slice(0, 3)
        .map(({ universe, priority }) => [universe, priority]),
      [
        [7, 120],
        [8, 120],
        [9, 120],
      ],
    )
    for (const universe of [7, 8, 9]) {
      const sequences = read().flatMap((packet) => (packet.universe === universe ? [packet.sequence] : []))
      assert.equal(
        sequences,
        sequences.map((_, index) => index & 255),
        `universe ${universe} misses nothing`,
      )
    }
    const packets = read()
    assert.equal(
      packets.map((packet) => packet.options !== 0),
      packets.map((_, index) => index >= packets.length - 9),
      'the goodbyes come last, and nowhere else',
    )
    const dark = packets.slice(-12, -9)
    assert.ok(dark.every(({ payloadAsBuffer }) => payloadAsBuffer?.every((value) => value === 0)))
    assert.is(new Set(packets.map(({ cid }) => cid.toString('hex'))).size, 1)
    sink.close()
    await endCapture(worker, strip)
  },
)

outputs('stream Art-Net in the colours of the picture, in the order of the strip', async () => {
  const { worker, strip } = await setupCard()
  const sink = await startUdpSink()
  const artnet = { kind: 'artnet', port: sink.port, universe: 15, channels_per_universe: 512 } as const
  const output = { ...artnet, sync: true, color_order: 'bgr' } as const
  const plan = toTestPlan({ type: 'artnet', led_count: 200, output })
  await runTarget(worker, plan)
  await sink.until(() => sink.packets.length >= 3, 'a frame')
  const [first, second, sync] = sink.packets
  assert.equal([first?.readUInt16LE(14), second?.readUInt16LE(14), sync?.readUInt16LE(8)], [15, 16, 0x5200])
  const leds = Buffer.concat([
    first?.subarray(18) ?? Buffer.alloc(0),
    second?.subarray(18) ?? Buffer.alloc(0),
  ])
  const expected = toTestCardLeds(plan, 0)
  for (const led of toStillLeds(plan)) {
    const sent = [...leds.subarray(led * 3, led * 3 + 3)]
    assert.equal(sent.reverse(), [...expected.subarray(led * 3, led * 3 + 3)], `LED ${led}`)
  }
  await stopTarget(worker, plan)
  // What the worker sent last may still be on its way.
  const readLast = () =>
    sink.packets.slice(-3).map((packet) => ({ word: packet.readUInt16LE(8), data: packet.subarray(18) }))
  await sink.until(
    () =>
      readLast().at(-1)?.word === 0x5200 &&
      readLast().every(({ data }) => data.every((value) => value === 0)),
    'a dark frame and its sync, last',
  )
  assert.equal(
    readLast().map(({ word }) => word),
    [0x5000, 0x5000, 0x5200],
  )
  sink.close()
  await endCapture(worker, strip)
})

outputs('stream OPC, and come back after the server was gone', async () => {
  const { worker, strip } = await setupCard()
  const server = await startOpcServer()
  const output = { kind: 'opc', port: server.port, channel: 3, color_order: 'rgb' } as const
  const plan = toTestPlan({ type: 'opc', led_count: 60, output })
  await runTarget(worker, plan)
  await server.until(() => server.messages.length >= 3, 'three frames')
  assert.ok(
    server.messages.every(
      ({ channel, command, data }) => channel === 3 && command === 0 && data.length === 180,
    ),
  )
  await server.close()
  await sumStats(worker, plan.target_id, ({ send_errors }) => send_errors > 0)
  const back = await startOpcServer({ port: output.port })
  await back.until(() => back.messages.length >= 3, 'frames after the return')
  await stopTarget(worker, plan)
  await back.until(() => back.messages.at(-1)?.data.every((value) => value === 0) === true, 'the dark end')
  await back.close()
  await endCapture(worker, strip)
})

testWith(
  outputs,
  ['socat'],
  'light a serial strip that talks back in Adalight frames, and leave it dark',
  async () => {
    const { worker, strip } = await setupCard()
    const pair = new SerialPair(tempDir())
    await pair.plug()
    const output = { kind: 'serial', framing: 'adalight', baud_rate: 115_200, color_order: 'rgb' } as const
    const plan = toTestPlan({ type: 'adalight', address: pair.path, led_count: 10, output })
    const frameBytes = 6 + 30
    await runTarget(worker, plan)
    // Into the thread that sends this once ended the whole process.
    const talk = setInterval(() => void pair.say('Ada\n'), 10)
    await waitFor(() => pair.received.length >= 3 * frameBytes, 'three frames')
    clearInterval(talk)
    await stopTarget(worker, plan)
    await waitFor(
      () =>
        pair.received.subarray(-30).every((value) => value === 0) && pair.received.length % frameBytes === 0,
      'the dark end',
    )
    for (let at = 0; at < pair.received.length; at += frameBytes) {
      assert.is(hex(pair.received.subarray(at, at + 6)), '41646100095c')
    }
    const leds = pair.received.subarray(6, frameBytes)
    const expected = toTestCardLeds(plan, 0)
    for (const led of toStillLeds(plan)) {
      assert.is(
        hex(leds.subarray(led * 3, led * 3 + 3)),
        hex(expected.subarray(led * 3, led * 3 + 3)),
        `LED ${led}`,
      )
    }
    assert.equal(
      worker.drafts.filter(({ action }) => action.startsWith('device_output')),
      [],
    )
    await pair.unplug()
    await endCapture(worker, strip)
  },
)

outputs('tell once that a serial port cannot be used', async () => {
  const { worker, strip } = await setupCard()
  const path = join(tempDir(), 'no-port')
  writeFileSync(path, '')
  const output = { kind: 'serial', framing: 'awa', baud_rate: 2_000_000, color_order: 'grb' } as const
  const plan = toTestPlan({ type: 'adalight', address: path, led_count: 10, output })
  await runTarget(worker, plan)
  const entry = await worker.draft('device_output_failed')
  const metadata = JSON.parse(entry.metadata)
  assert.equal([entry.entityId, metadata.address], [plan.device.id, path])
  assert.type(metadata.reason, 'string')
  await stopTarget(worker, plan)
  assert.is(worker.drafts.filter(({ action }) => action === 'device_output_failed').length, 1)
  await endCapture(worker, strip)
})

outputs('connect to nobody as patiently as to somebody, and stop in time', async () => {
  const { worker, strip } = await setupCard()
  const gone = await startOpcServer()
  const { port } = gone
  await gone.close()
  const plan = toTestPlan({ type: 'opc', output: { kind: 'opc', port, channel: 0, color_order: 'rgb' } })
  await runTarget(worker, plan)
  await sumStats(worker, plan.target_id, ({ send_errors }) => send_errors > 5)
  await stopTarget(worker, plan)
  await endCapture(worker, strip)
})

outputs.run()
