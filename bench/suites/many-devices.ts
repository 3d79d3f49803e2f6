import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchRow, median, percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { withFolder } from '../support/bench-log.ts'
import { endChild, pidOf, spawnModule } from '../support/child.ts'
import { LightServer } from '../support/light-server.ts'
import { measureCpuShare } from '../support/process-tree.ts'
import { SequenceBook } from '../support/sequence-book.ts'
import { StampedEars } from '../support/stamped-ears.ts'
import { readStolenMs } from '../support/stolen-time.ts'

const DEVICES = 50
/** Three universes of 170. A longer strip cannot show 60 frames a second: its wire takes 30 µs per LED. */
const LEDS = 510
const UNIVERSES = 3
const FPS = 60
/** Of the last so many frames half are taken for on time, to tell one that is late from a beat without one. */
const BASE_FRAMES = 15
const BARE_SENDER = new URL('../peers/bare-sender.process.js', import.meta.url)
const ROUNDS = 3

/**
 * Fifty receivers of E1.31 with three universes each, at 60 frames a second from one source. Lost is what the sequence
 * numbers of the standard miss. Late is a frame against the even beat of its own device, by the time the kernel
 * stamped its last packet with: the median of its times is taken for on time. A loop that does nothing but wait for the
 * beat and send takes turns with it: how late that is, is the machine.
 */
export async function measureManyDevices({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const missing = StampedEars.findMissing()
  if (missing !== undefined) {
    say(`many-devices is left out: ${missing}`)
    return { rows: [] }
  }
  const ms = isShort ? 3_000 : 10_000
  // What fifty starts leave to be done is not what is measured.
  const settleMs = isShort ? 1_000 : 15_000
  const bare: Heard[] = []
  const ours: Heard[] = []
  for (let round = 1; round <= (isShort ? 1 : ROUNDS); round += 1) {
    say(`${DEVICES} devices for ${ms / 1_000} s, round ${round}`)
    bare.push(await listen(startBare, settleMs, ms))
    ours.push(await listen(startOurs, settleMs, ms))
  }
  return { rows: toRows(ours, bare, ms) }
}

function toRows(ours: readonly Heard[], bare: readonly Heard[], ms: number): readonly BenchRow[] {
  const toMedian = (all: readonly Heard[], field: 'share' | 'lateMs' | 'frames'): number =>
    median(all.map((heard) => heard[field]))
  const toSum = (all: readonly Heard[], field: 'lost' | 'packets' | 'stolenMs'): number =>
    all.reduce((sum, heard) => sum + heard[field], 0)
  const toPeer = (field: 'share' | 'lateMs', factor = 1): Pick<BenchRow, 'value' | 'peer' | 'ratio'> => ({
    value: round3(toMedian(ours, field) * factor),
    peer: { name: 'a bare loop that sends the same packets', value: round3(toMedian(bare, field) * factor) },
    ratio: round3(toMedian(bare, field) / toMedian(ours, field)),
  })
  return [
    {
      id: 'many-lost',
      what: `${DEVICES} devices, 3 packets each, 60 frames a second: packets lost`,
      value: toSum(ours, 'lost'),
      unit: 'packets',
      target: { is: '<=', value: 0 },
      note: `${toSum(ours, 'packets')} came, ${round3(toMedian(ours, 'frames') / (ms / 1_000))} frames a second to the median device`,
    },
    {
      id: 'many-cpu',
      what: 'of a core, the whole server',
      unit: '% of a core',
      target: { is: '<=', value: 25 },
      ...toPeer('share', 100),
    },
    {
      id: 'many-late-p99',
      what: 'how late a frame comes, 99 of 100',
      unit: 'ms',
      target: { is: '<=', value: 1 },
      ...toPeer('lateMs'),
      note: `rounds: ${ours.map(({ lateMs }) => round3(lateMs)).join(', ')}; the host of this machine took ${toSum(ours, 'stolenMs')} ms of its processors meanwhile, and ${toSum(bare, 'stolenMs')} from the bare loop`,
    },
  ]
}

/** What sends to the listeners, in processes of its own. */
interface Sending {
  readonly pid: number
  stop(): Promise<void>
}

async function startBare(ports: readonly number[]): Promise<Sending> {
  const child = spawnModule(BARE_SENDER, [String(LEDS), String(FPS), ...ports.map(String)])
  return { pid: pidOf(child), stop: () => endChild(child) }
}

async function startOurs(ports: readonly number[], folder: string): Promise<Sending> {
  const server = await LightServer.start(['--data-dir', folder])
  const effect = { name: 'Rainbow', type: 'effect', effect: 'rainbow', fps: FPS }
  const { id } = await server.post('/api/v1/sources', effect)
  for (const [index, port] of ports.entries()) {
    await server.light(`Strip ${index}`, id, { type: 'e131', port, led_count: LEDS })
  }
  return server
}

/** What the listeners heard in so many ms. */
interface Heard {
  /** The sender's, of a core. */
  readonly share: number
  /** The machine's processors stood still for so long meanwhile, because its host gave them to somebody else. */
  readonly stolenMs: number
  readonly lost: number
  readonly packets: number
  /** To the median device. */
  readonly frames: number
  /** 99 of 100 frames came sooner. */
  readonly lateMs: number
}

async function listen(
  start: (ports: readonly number[], folder: string) => Promise<Sending>,
  settleMs: number,
  ms: number,
): Promise<Heard> {
  return await withFolder(async (folder) => {
    const ears = await StampedEars.open(DEVICES)
    const sending = await start(ears.ports, folder)
    await sleep(settleMs)
    const fromMs = Date.now()
    const stolenBeforeMs = readStolenMs()
    const share = await measureCpuShare(sending.pid, () => sleep(ms))
    const stolenMs = readStolenMs() - stolenBeforeMs
    const untilMs = Date.now()
    await sending.stop()
    const books = Array.from({ length: DEVICES }, () => new SequenceBook(UNIVERSES))
    for (const { ear, atMs, bytes } of await ears.close()) {
      if (atMs >= fromMs && atMs < untilMs) books[ear]?.note(bytes, atMs)
    }
    return {
      share,
      stolenMs,
      lost: books.reduce((sum, book) => sum + book.lost, 0),
      packets: books.reduce((sum, book) => sum + book.packets, 0),
      frames: median(books.map((book) => book.frameTimesMs.length)),
      lateMs: percentile(
        books.flatMap(({ frameTimesMs }) => toLateness(frameTimesMs)),
        0.99,
      ),
    }
  })
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
