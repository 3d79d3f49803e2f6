import { setTimeout as sleep } from 'node:timers/promises'
import { median, percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { withFolder } from '../support/bench-log.ts'
import { LightServer } from '../support/light-server.ts'
import { measureCpuShare } from '../support/process-tree.ts'
import { SequenceBook } from '../support/sequence-book.ts'
import { StampedEars } from '../support/stamped-ears.ts'

const DEVICES = 50
/** Three universes of 170. A longer strip cannot show 60 frames a second: its wire takes 30 µs per LED. */
const LEDS = 510
const FPS = 60
/** Of the last so many frames half are taken for on time, to tell one that is late from a beat without one. */
const BASE_FRAMES = 15

/**
 * Fifty receivers of E1.31 with three universes each, at 60 frames a second from one source. Lost is what the sequence
 * numbers of the standard miss. Late is a frame against the even beat of its own device, by the time the kernel
 * stamped its last packet with: the median of its times is taken for on time.
 */
export async function measureManyDevices({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const missing = StampedEars.findMissing()
  if (missing !== undefined) {
    say(`many-devices is left out: ${missing}`)
    return { rows: [] }
  }
  const ms = isShort ? 3_000 : 30_000
  say(`${DEVICES} devices for ${ms / 1_000} s`)
  return await withFolder(async (folder) => {
    const ears = await StampedEars.open(DEVICES)
    const server = await LightServer.start(['--data-dir', folder])
    const effect = { name: 'Rainbow', type: 'effect', effect: 'rainbow', fps: FPS }
    const { id } = await server.post('/api/v1/sources', effect)
    for (const [index, port] of ears.ports.entries()) {
      await server.light(`Strip ${index}`, id, { type: 'e131', port, led_count: LEDS })
    }
    // What fifty starts leave to be done is not what is measured.
    await sleep(isShort ? 1_000 : 5_000)
    const fromMs = Date.now()
    const share = await measureCpuShare(server.pid, () => sleep(ms))
    const untilMs = Date.now()
    const ageMs = await readOldestMs(server)
    await server.stop()
    const books = Array.from({ length: DEVICES }, () => new SequenceBook())
    for (const { ear, atMs, bytes } of await ears.close()) {
      if (atMs >= fromMs && atMs < untilMs) books[ear]?.note(bytes, atMs)
    }
    const frames = books.map((book) => book.frameTimesMs.length)
    const lost = books.reduce((sum, book) => sum + book.lost, 0)
    const latenessMs = books.flatMap(({ frameTimesMs }) => toLateness(frameTimesMs))
    const packets = books.reduce((sum, book) => sum + book.packets, 0)
    return {
      rows: [
        {
          id: 'many-lost',
          what: `${DEVICES} devices, 3 packets each, 60 frames a second: packets lost`,
          value: lost,
          unit: 'packets',
          target: { is: '<=', value: 0 },
          note: `${packets} came, ${round3(median(frames) / (ms / 1_000))} frames a second to the median device`,
        },
        {
          id: 'many-cpu',
          what: 'of a core, the whole server',
          value: round3(share * 100),
          unit: '% of a core',
          target: { is: '<=', value: 25 },
        },
        {
          id: 'many-late-p99',
          what: 'how late a frame comes, 99 of 100',
          value: round3(percentile(latenessMs, 0.99)),
          unit: 'ms',
          target: { is: '<=', value: 1 },
          note: `in the server itself the oldest frame of the last second was ${ageMs} ms old when sent`,
        },
      ],
    }
  })
}

/** Of all targets, from the frame in hand to its packets in the kernel. */
async function readOldestMs(server: LightServer): Promise<number> {
  const metrics = await server.text('/metrics')
  const ages = [...metrics.matchAll(/^ledgrab_target_frame_age_max_seconds\{.*\} (\S+)$/gm)]
  return round3(Math.max(0, ...ages.map(([, seconds]) => Number(seconds))) * 1_000)
}

/**
 * Against beats of 1/60 s: how much later than the median each came, at least 0. A frame more than three quarters of a beat
 * late stands for the next beat, and the one without a frame counts as late by a whole one.
 */
export function toLateness(timesMs: readonly number[]): readonly number[] {
  const periodMs = 1_000 / FPS
  const offsetsMs: number[] = []
  const missedMs: number[] = []
  let beatMs = timesMs[0] ?? 0
  for (const atMs of timesMs) {
    const usualMs = offsetsMs.length < BASE_FRAMES ? 0 : median(offsetsMs.slice(-BASE_FRAMES))
    for (; atMs - beatMs - usualMs > periodMs * 0.75; beatMs += periodMs) missedMs.push(periodMs)
    offsetsMs.push(atMs - beatMs)
    beatMs += periodMs
  }
  const onTimeMs = median(offsetsMs)
  return [...offsetsMs.map((offsetMs) => Math.max(0, offsetMs - onTimeMs)), ...missedMs]
}
