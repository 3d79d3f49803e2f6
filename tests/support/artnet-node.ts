import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type NodeTraits, toArtPollReply } from './art-poll-reply.ts'

const ART_POLL = '4172742d4e6574000020000e'

/** An Art-Net node on loopback that answers every ArtPoll to where it came from. */
export class ArtnetNodeStub {
  polls = 0
  /** While true it hears and says nothing. */
  isSilent = false
  readonly #socket: Socket

  constructor(socket: Socket, traits: NodeTraits) {
    this.#socket = socket
    socket.on('message', (bytes, sender) => {
      if (this.isSilent || !bytes.toString('hex').startsWith(ART_POLL)) return
      this.polls += 1
      socket.send(toArtPollReply(traits), sender.port, sender.address)
    })
    socket.unref()
  }

  get port(): number {
    return this.#socket.address().port
  }

  close(): void {
    this.#socket.close()
  }
}

export async function startArtnetNode(
  traits: NodeTraits = {},
  address = '127.0.0.1',
): Promise<ArtnetNodeStub> {
  const socket = createSocket('udp4')
  socket.bind(0, address)
  await once(socket, 'listening')
  return new ArtnetNodeStub(socket, traits)
}
