import { setTimeout as sleep } from 'node:timers/promises'
import { withDeadline } from '../../src/lib/deadline.ts'
import type { XWindow } from '../../tests/support/x-window.ts'
import { type BenchRow, percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { BARE_PIPE, findMissing, OURS, SCREENSHOTS, withScreen } from '../support/screen-rig.ts'
import type { Sender } from '../support/senders.ts'
import { UdpEar } from '../support/udp-ear.ts'

const RED = 0xff_00_00
const BLUE = 0x00_00_ff
const DDP_HEADER_BYTES = 10
const ROUNDS = 3

/**
 * From a change on a screen of 1920x1080 to the first packet that shows it, at 60 frames a second without smoothing:
 * a window changes its colour at odd moments, and from when the X server has painted that, it is counted until the receiver
 * hears that the first LED has it. The senders take turns.
 */
export async function measureScreenLatency({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const missing = findMissing()
  if (missing !== undefined) {
    say(`screen-latency is left out: ${missing}`)
    return { rows: [] }
  }
  const changes = isShort ? 20 : 100
  const timesMs = new Map<Sender, number[]>([OURS, BARE_PIPE, SCREENSHOTS].map((sender) => [sender, []]))
  await withScreen(async (display, window) => {
    for (let round = 0; round < (isShort ? 1 : ROUNDS); round += 1) {
      for (const [sender, all] of timesMs) {
        say(`screen to packet, ${sender.name}, round ${round + 1}`)
        // Screenshots take longer, and a quarter of them tells enough.
        const count = sender === SCREENSHOTS ? changes / 4 : changes
        all.push(...(await measure(sender, display, window, count)))
      }
    }
  })
  return {
    rows: ([0.5, 0.99] as const).flatMap((share) => toRows(share, timesMs)),
  }
}

function toRows(share: 0.5 | 0.99, timesMs: ReadonlyMap<Sender, readonly number[]>): readonly BenchRow[] {
  const toValue = (sender: Sender): number => round3(percentile(timesMs.get(sender) ?? [], share))
  const ours = toValue(OURS)
  return [BARE_PIPE, SCREENSHOTS].map((peer) => ({
    id: `screen-latency-p${share * 100}${peer === SCREENSHOTS ? '-screenshots' : ''}`,
    what: `change on a 1080p screen to the first packet that shows it, ${share === 0.5 ? 'half' : '99 of 100'}`,
    value: ours,
    unit: 'ms',
    ...(peer === BARE_PIPE && { target: { is: '<=' as const, value: share === 0.5 ? 9.5 : 17.5 } }),
    peer: { name: peer.name, value: toValue(peer) },
    ratio: round3(toValue(peer) / ours),
  }))
}

async function measure(
  sender: Sender,
  display: string,
  window: XWindow,
  count: number,
): Promise<readonly number[]> {
  let onChange: (atMs: number) => void = () => {}
  let wanted = RED
  const ear = await UdpEar.open((packet, atMs) => {
    const [red = 0, , blue = 0] = packet.subarray(DDP_HEADER_BYTES, DDP_HEADER_BYTES + 3)
    if (wanted === RED ? red > blue : blue > red) onChange(atMs)
  })
  const running = await sender.start(display, ear.port)
  const showAndWait = async (color: number): Promise<number> => {
    wanted = color
    const seen = new Promise<number>((resolve) => {
      onChange = resolve
    })
    await window.fill(color)
    // Until the X server has painted it, nobody can see it.
    const changedMs = performance.now()
    return (await withDeadline(seen, 15_000, `a packet of ${sender.name}`)) - changedMs
  }
  try {
    // Capturing has begun when both colours have arrived.
    await showAndWait(BLUE)
    await showAndWait(RED)
    const timesMs: number[] = []
    for (let i = 0; i < count; i += 1) {
      // The golden ratio spreads the moments evenly over a frame's time, whatever the rate.
      await sleep(40 + ((i * 0.618_034) % 1) * 33)
      timesMs.push(await showAndWait(i % 2 === 0 ? BLUE : RED))
    }
    return timesMs
  } finally {
    await running.stop()
    ear.close()
  }
}
