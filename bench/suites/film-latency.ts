import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFilm } from '../../tests/support/film.ts'
import { XObserver } from '../../tests/support/x-observer.ts'
import { startXScreen } from '../../tests/support/x-screen.ts'
import { type BenchRow, median, percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { withFolder } from '../support/bench-log.ts'
import { BARE_PIPE, FPS, findMissing, OURS } from '../support/screen-rig.ts'
import { type Sender, toBarePipe, toLedgrab } from '../support/senders.ts'
import { UdpEar } from '../support/udp-ear.ts'

const WIDTH_PX = 1_280
const HEIGHT_PX = 720
/** As films have it; no multiple of it is one of the 60 frames a second of a capture. */
const RATE = '24000/1001'
/** The colour changes every 125 ms. */
const COLOR_FRAMES = 3
const CHANGE_MS = (COLOR_FRAMES * 1_001) / 24
const DDP_HEADER_BYTES = 10
/** A film is decoded ahead of its time in the beginning, and a player needs some time to open its window. */
const SKIPPED = 12

const FILE_OURS = toLedgrab((location) => ({ type: 'video', location, loop: false, fps: FPS }))
const FILE_PIPE = toBarePipe((file) => ['-re', '-i', file])

/**
 * A film of 1280x720 with 24000/1001 frames a second, whose colour changes, by the receiver of the LEDs. As a file: how far from
 * its time each change comes, half of them being taken for on time; nothing else plays the film that it could be
 * compared with. On a screen, shown by ffplay: from when an X client sees the change to the packet.
 */
export async function measureFilmLatency({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const missing = findMissing()
  if (missing !== undefined) {
    say(`film-latency is left out: ${missing}`)
    return { rows: [] }
  }
  return await withFolder(async (folder) => {
    const film = join(folder, 'film.mkv')
    const seconds = isShort ? 5 : 30
    makeFilm(film, { width: WIDTH_PX, height: HEIGHT_PX, rate: RATE, seconds, colorFrames: COLOR_FRAMES })
    const count = Math.floor((seconds * 1_000) / CHANGE_MS) - SKIPPED
    const files = new Map<Sender, number[]>([FILE_OURS, FILE_PIPE].map((sender) => [sender, []]))
    const screens = new Map<Sender, number[]>([OURS, BARE_PIPE].map((sender) => [sender, []]))
    for (let round = 1; round <= (isShort ? 1 : 2); round += 1) {
      for (const [sender, all] of files) {
        say(`film as a file, ${sender.name}, round ${round}`)
        all.push(...(await measureFile(sender, film, count)))
      }
      for (const [sender, all] of screens) {
        say(`film on a screen, ${sender.name}, round ${round}`)
        all.push(...(await measureOnScreen(sender, film, count)))
      }
    }
    return {
      rows: [
        ...toRows('film-file', 'a change in a film, away from its time', files),
        ...toRows('film-screen', 'a change in a film that a player shows, to its first packet', screens),
      ],
    }
  })
}

function toRows(
  id: string,
  what: string,
  timesMs: ReadonlyMap<Sender, readonly number[]>,
): readonly BenchRow[] {
  return ([0.5, 0.99] as const).map((share) => {
    const [ours = 0, pipe = 0] = [...timesMs.values()].map((times) => round3(percentile(times, share)))
    return {
      id: `${id}-p${share * 100}`,
      what: `${what}, ${share === 0.5 ? 'half' : '99 of 100'}`,
      value: ours,
      unit: 'ms',
      peer: { name: BARE_PIPE.name, value: pipe },
      ratio: round3(pipe / ours),
    }
  })
}

/** @returns how far from its time each change came, in ms. */
async function measureFile(sender: Sender, film: string, count: number): Promise<readonly number[]> {
  const changes = await Changes.listen()
  const running = await sender.start(film, changes.port)
  try {
    const offsetsMs = (await changes.until(count)).map(({ atMs }, i) => atMs - i * CHANGE_MS).slice(SKIPPED)
    const onTimeMs = median(offsetsMs)
    return offsetsMs.map((offsetMs) => Math.abs(offsetMs - onTimeMs))
  } finally {
    await running.stop()
    changes.close()
  }
}

/** @returns the time from each change to its packet, in ms. */
async function measureOnScreen(sender: Sender, film: string, count: number): Promise<readonly number[]> {
  const x = await startXScreen(WIDTH_PX, HEIGHT_PX)
  const changes = await Changes.listen()
  const seen = new ColorBook()
  const observer = await XObserver.open(x.display, 5, HEIGHT_PX / 2, ({ atMs, rgb }) => {
    seen.note(rgb >> 16, rgb & 0xff, atMs)
  })
  const running = await sender.start(x.display, changes.port)
  try {
    // Capturing has begun before the film does.
    await sleep(2_000)
    x.play(film)
    const heard = await changes.until(count)
    return heard.slice(SKIPPED).map(({ atMs, isRed }) => {
      // A frame that the player shows too shortly to be captured is left out.
      const change = seen.all.findLast((one) => one.atMs < atMs && one.isRed === isRed)
      return atMs - (change?.atMs ?? Number.NaN)
    })
  } finally {
    await running.stop()
    observer.close()
    changes.close()
    await x.stop()
  }
}

interface ColorChange {
  readonly atMs: number
  readonly isRed: boolean
}

/** When something became red or blue; what is neither does not count. */
class ColorBook {
  readonly all: ColorChange[] = []

  note(red: number, blue: number, atMs: number): void {
    const isRed = red > 200 && blue < 60
    const isBlue = blue > 200 && red < 60
    if ((isRed || isBlue) && this.all.at(-1)?.isRed !== isRed) this.all.push({ atMs, isRed })
  }
}

/** Changes of the first LED of a strip, by its DDP packets. */
class Changes {
  readonly #book = new ColorBook()
  readonly #heard = new EventTarget()
  readonly #ear: UdpEar

  private constructor(ear: UdpEar) {
    this.#ear = ear
  }

  static async listen(): Promise<Changes> {
    let note: (packet: Buffer, atMs: number) => void = () => {}
    const changes = new Changes(await UdpEar.open((packet, atMs) => note(packet, atMs)))
    note = (packet, atMs) => changes.#note(packet, atMs)
    return changes
  }

  get port(): number {
    return this.#ear.port
  }

  /** The first `count`, once there are so many. */
  async until(count: number): Promise<readonly ColorChange[]> {
    const signal = AbortSignal.timeout(Math.ceil(count * CHANGE_MS) + 30_000)
    while (this.#book.all.length < count) await once(this.#heard, 'change', { signal })
    return this.#book.all.slice(0, count)
  }

  close(): void {
    this.#ear.close()
  }

  #note(packet: Buffer, atMs: number): void {
    this.#book.note(packet[DDP_HEADER_BYTES] ?? 0, packet[DDP_HEADER_BYTES + 2] ?? 0, atMs)
    this.#heard.dispatchEvent(new Event('change'))
  }
}
