import { setTimeout as sleep } from 'node:timers/promises'
import type { XWindow } from '../../tests/support/x-window.ts'
import { median, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { measureCpuShare } from '../support/process-tree.ts'
import { BARE_PIPE, FPS, findMissing, OURS, withScreen } from '../support/screen-rig.ts'
import type { Sender } from '../support/senders.ts'
import { UdpEar } from '../support/udp-ear.ts'

const ROUNDS = 3

interface Share {
  readonly percent: number
  /** Packets a second: a sender that skips frames is cheap. */
  readonly rate: number
}

/**
 * What 60 frames a second of a 1920x1080 screen to 300 LEDs cost, all processes together: a window that takes a new
 * colour 60 times a second is captured, and every frame is sent. The senders take turns.
 */
export async function measureScreenCpu({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const missing = findMissing()
  if (missing !== undefined) {
    say(`screen-cpu is left out: ${missing}`)
    return { rows: [] }
  }
  const shares = new Map<Sender, Share[]>([OURS, BARE_PIPE].map((sender) => [sender, []]))
  await withScreen(async (display, window) => {
    for (let round = 0; round < (isShort ? 1 : ROUNDS); round += 1) {
      for (const [sender, all] of shares) {
        say(`processor of ${sender.name}, round ${round + 1}`)
        all.push(await measure(sender, display, window, isShort ? 2_000 : 7_000))
      }
    }
  })
  const percentOf = (sender: Sender) => median((shares.get(sender) ?? []).map(({ percent }) => percent))
  const rateOf = (sender: Sender) => round3(median((shares.get(sender) ?? []).map(({ rate }) => rate)))
  return {
    rows: [
      {
        id: 'screen-cpu',
        what: '60 frames a second of a 1080p screen to 300 LEDs, all processes together',
        value: round3(percentOf(OURS)),
        unit: '% of a core',
        target: { is: '<=', value: 12 },
        peer: { name: BARE_PIPE.name, value: round3(percentOf(BARE_PIPE)) },
        ratio: round3(percentOf(BARE_PIPE) / percentOf(OURS)),
        note: `${rateOf(OURS)} packets a second came, of the pipe ${rateOf(BARE_PIPE)}`,
      },
    ],
  }
}

async function measure(sender: Sender, display: string, window: XWindow, ms: number): Promise<Share> {
  let packets = 0
  const ear = await UdpEar.open(() => {
    packets += 1
  })
  const running = await sender.start(display, ear.port)
  const painting = new AbortController()
  const painted = paint(window, painting.signal)
  try {
    // What it does once, at its start, is not what it costs.
    await sleep(2_000)
    packets = 0
    const share = await measureCpuShare(running.pid, () => sleep(ms))
    return { percent: share * 100, rate: packets / (ms / 1_000) }
  } finally {
    painting.abort()
    await painted
    await running.stop()
    ear.close()
  }
}

async function paint(window: XWindow, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now()
  for (let frame = 1; !signal.aborted; frame += 1) {
    // From dark to bright red and back, in steps that the scaling does not swallow; never black, which might be a black bar.
    await window.fill((64 + Math.abs(((frame * 8) % 382) - 191)) << 16)
    await sleep(Math.max(0, startedMs + (frame * 1_000) / FPS - performance.now()))
  }
}
