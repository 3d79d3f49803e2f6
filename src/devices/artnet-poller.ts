import { createSocket, type Socket } from 'node:dgram'
import { isIPv4 } from 'node:net'
import { toErrorMessage } from '../errors.ts'
import { ARTNET_PORT, type ArtPollReply, parseArtPollReply, toArtPoll } from '../led/artnet.ts'
import type { Part } from '../lib/part.ts'

/** Whoever answers more often than this from forged addresses fills no memory. */
const MAX_NODES = 256

/** A node that answered. */
export interface ArtnetNode extends ArtPollReply {
  /** IPv4 address it answered from. */
  readonly address: string
}

export interface ArtnetPollerOptions {
  readonly warn: (message: string, fields: object) => void
  /** Where answers come in; nodes send them to 6454 and nowhere else. */
  readonly port?: number
}

/**
 * Asks Art-Net nodes who they are. All answers come to one port, so this one socket serves everybody
 * who asks. It is opened by the first question: who has no nodes listens to nothing.
 */
export class ArtnetPoller implements Part {
  readonly #options: ArtnetPollerOptions
  /** Who waits for an answer from which address. */
  readonly #waiting = new Set<(node: ArtnetNode) => void>()
  #socket: Promise<Socket> | undefined
  #isStopped = false

  constructor(options: ArtnetPollerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#isStopped = true
    const socket = await this.#socket?.catch(() => undefined)
    socket?.close()
  }

  /**
   * What the node at `address` says of itself; undefined when it says nothing within `timeoutMs`. A node
   * may take a second to answer (Art-Net 4, ArtPollReply).
   *
   * @param address an IPv4 literal, checked by the caller.
   * @throws when the port for answers cannot be opened: then nothing is known of any node.
   */
  async ask(address: string, port: number, timeoutMs: number): Promise<ArtnetNode | undefined> {
    if (!isIPv4(address)) return undefined
    const [node] = await this.#poll(address, port, timeoutMs, (found) => found.address === address)
    return node
  }

  /**
   * Everybody who answers within `timeoutMs`, each once.
   *
   * @param broadcast a directed broadcast address.
   * @throws as `ask`
   */
  async discover(broadcast: string, timeoutMs: number): Promise<readonly ArtnetNode[]> {
    return await this.#poll(broadcast, ARTNET_PORT, timeoutMs, undefined)
  }

  /** @param isWanted ends the wait with the first node it is true of; undefined: waits for all. */
  async #poll(
    address: string,
    port: number,
    timeoutMs: number,
    isWanted: ((node: ArtnetNode) => boolean) | undefined,
  ): Promise<readonly ArtnetNode[]> {
    const socket = await this.#open()
    const found = new Map<string, ArtnetNode>()
    let take = (_node: ArtnetNode): void => {}
    const answered = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      take = (node) => {
        if (isWanted !== undefined && !isWanted(node)) return
        // A node with many ports answers once for every four.
        if (found.size < MAX_NODES && !found.has(node.address)) found.set(node.address, node)
        if (isWanted === undefined) return
        clearTimeout(timer)
        resolve()
      }
    })
    this.#waiting.add(take)
    // What cannot be sent is not answered.
    socket.send(toArtPoll(), port, address, () => {})
    await answered
    this.#waiting.delete(take)
    return [...found.values()]
  }

  #open(): Promise<Socket> {
    this.#socket ??= this.#bind().catch((cause: unknown) => {
      this.#socket = undefined
      throw cause
    })
    return this.#socket
  }

  async #bind(): Promise<Socket> {
    // Shared: a lighting program on this machine may listen there too.
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(this.#options.port ?? ARTNET_PORT, resolve)
    }).catch((cause: unknown) => {
      socket.close()
      throw cause
    })
    socket.on('error', (cause) =>
      this.#options.warn('the port for Art-Net failed', { error: toErrorMessage(cause) }),
    )
    socket.on('message', (bytes, { address }) => {
      const reply = parseArtPollReply(bytes)
      if (reply === undefined) return
      for (const take of this.#waiting) take({ ...reply, address })
    })
    socket.setBroadcast(true)
    socket.unref()
    if (this.#isStopped) socket.close()
    return socket
  }
}
