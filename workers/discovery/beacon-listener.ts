import { createSocket, type Socket } from 'node:dgram'
import { BeaconHints } from './beacon-hints.ts'
import { NODE_BEACON_PORT } from './node-beacon.ts'

export interface BeaconListenerOptions {
  /** To listen on; `0.0.0.0` hears broadcasts. */
  readonly address: string
  readonly onHint: (address: string) => void
  /** Told once when the port cannot be used: others of our kind still find controllers. */
  readonly onUnavailable: (cause: Error) => void
  /** Default: WLED's. */
  readonly port?: number
}

/** Hears WLED's beacons, broadcast every 30 s, and says which addresses they come from. */
export class BeaconListener {
  readonly #options: BeaconListenerOptions
  #socket: Socket | undefined

  constructor(options: BeaconListenerOptions) {
    this.#options = options
  }

  start(): void {
    const { address, port = NODE_BEACON_PORT, onHint, onUnavailable } = this.#options
    const hints = new BeaconHints(performance.now())
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    this.#socket = socket
    socket.on('error', (cause) => {
      onUnavailable(cause)
      this.stop()
    })
    socket.on('message', (bytes, sender) => {
      if (hints.take(bytes, sender.address, performance.now())) onHint(sender.address)
    })
    socket.bind(port, address)
  }

  stop(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }
}
