import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'

/**
 * A UDP socket on 127.0.0.1 that hands its packets to `onPacket`. `port` 0: any free one.
 *
 * @throws what the system says when the port cannot be had.
 */
export async function openUdpPort(
  port: number,
  onPacket: (bytes: Uint8Array, from: RemoteInfo) => void,
): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(port, '127.0.0.1')
  try {
    await once(socket, 'listening')
  } catch (cause) {
    socket.close()
    throw cause
  }
  // From now on an error concerns one packet of one peer.
  socket.on('error', () => {})
  socket.on('message', onPacket)
  return socket
}
