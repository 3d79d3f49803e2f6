import { setTimeout as delay } from 'node:timers/promises'
import type { IdentifyRequest, IdentifyResult } from '../src/protocol/worker-messages.ts'
import { Output } from './capture/output/output.ts'
import { releaseDevice } from './capture/release-device.ts'

/** Easy to see, and a quarter of what a long strip may draw from a small power supply. */
const LEVEL = 64
const BLINK_MS = 400
/** Repeated so often, a lost packet does not spoil a blink. */
const FRAME_MS = 100

/**
 * Makes a controller blink and gives it back to its own light. A task for Piscina, which finds it with
 * `{ name: 'identify' }`: when it resolves, nothing of it is left in the thread.
 */
export async function identify({ device, seconds }: IdentifyRequest): Promise<IdentifyResult> {
  const colors = new Uint8Array(device.led_count * 3)
  let trouble: string | null = null
  const output = new Output(device, colors, {
    onIdle: () => {},
    onTrouble: (reason) => {
      trouble = reason ?? null
    },
  })
  await output.open()
  const startMs = performance.now()
  for (let nowMs = startMs; nowMs - startMs < seconds * 1_000; nowMs = performance.now()) {
    colors.fill(Math.floor((nowMs - startMs) / BLINK_MS) % 2 === 0 ? LEVEL : 0)
    if (!output.isBusy) output.send()
    await delay(FRAME_MS)
  }
  const counts = output.takeCounts()
  await output.end(true)
  await releaseDevice(device)
  return { packets_out: counts.packetsOut, send_errors: counts.sendErrors, trouble }
}
