import { toE131Universe } from '../../src/led/e131-encoder.ts'

const SEQUENCE_AT = 111

/** What one receiver of E1.31 hears: how many packets came, how many did not, and when its frames were whole. */
export class SequenceBook {
  /** Of the last packet of each frame, on the clock of `note`. */
  readonly frameTimesMs: number[] = []
  packets = 0
  lost = 0
  readonly #next = new Map<number, number>()
  readonly #lastUniverse: number

  /** @param universes of a frame, from 1. */
  constructor(universes: number) {
    this.#lastUniverse = universes
  }

  note(packet: Buffer, atMs: number): void {
    const universe = toE131Universe(packet)
    const sequence = packet[SEQUENCE_AT] ?? 0
    const expected = this.#next.get(universe) ?? sequence
    this.lost += (sequence - expected + 256) % 256
    this.#next.set(universe, (sequence + 1) % 256)
    this.packets += 1
    if (universe === this.#lastUniverse) this.frameTimesMs.push(atMs)
  }
}
