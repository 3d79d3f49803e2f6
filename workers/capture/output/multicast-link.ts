import { toE131Group, toE131Universe } from '../../../src/led/e131-encoder.ts'
import type { Link, LinkCounts } from './link.ts'
import { UdpLink } from './udp-link.ts'

export interface MulticastOptions {
  /** The first one. */
  readonly universe: number
  readonly universeCount: number
  readonly port: number
  /** Called when packets that could not leave at once have left. */
  readonly onIdle: () => void
}

/** Sends each packet of a frame to the multicast group of its universe (ANSI E1.31-2018 §9.3.1). */
export class MulticastLink implements Link {
  readonly #firstUniverse: number
  /** One per universe, each with its packet in a list of its own: nothing is allocated per frame. */
  readonly #groups: readonly { readonly link: UdpLink; readonly packets: Uint8Array[] }[]

  constructor({ universe, universeCount, port, onIdle }: MulticastOptions) {
    this.#firstUniverse = universe
    const onGroupIdle = (): void => {
      if (!this.isBusy) onIdle()
    }
    this.#groups = Array.from({ length: universeCount }, (_, index) => ({
      link: new UdpLink(toE131Group(universe + index), port, onGroupIdle),
      packets: [],
    }))
  }

  get isBusy(): boolean {
    return this.#groups.some(({ link }) => link.isBusy)
  }

  async open(): Promise<void> {
    await Promise.all(this.#groups.map(({ link }) => link.open()))
  }

  /** @param packets E1.31 data packets, which say their universe. */
  send(packets: readonly Uint8Array[]): void {
    for (let i = 0; i < packets.length; i += 1) {
      const packet = packets[i]
      if (!packet) continue
      const group = this.#groups[toE131Universe(packet) - this.#firstUniverse]
      if (!group) continue
      group.packets[0] = packet
      group.link.send(group.packets)
    }
  }

  takeCounts(): LinkCounts {
    const counts = { packetsOut: 0, sendErrors: 0 }
    for (const { link } of this.#groups) {
      const { packetsOut, sendErrors } = link.takeCounts()
      counts.packetsOut += packetsOut
      counts.sendErrors += sendErrors
    }
    return counts
  }

  close(): void {
    for (const { link } of this.#groups) link.close()
  }
}
