/**
 * Asks the network for the SRV record of the instance given as argument, from a port of its own, and prints
 * the answer's records as one JSON text (RFC 6762 §6.7: such an answer comes to the asker alone).
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import makeMdns from 'multicast-dns'
import { encodeQuery } from '../../workers/discovery/dns-query.ts'

const [, , address = '', name = ''] = process.argv
const socket = createSocket('udp4')
const mdns = makeMdns({ socket, interface: address, bind: false, multicast: false })
socket.bind(0, '0.0.0.0')
await once(socket, 'listening')
socket.setMulticastInterface(address)
const answered = once(mdns, 'response')
for (const packet of encodeQuery({ questions: [{ type: 'SRV', name }], knownAnswers: [] })) {
  socket.send(packet, 5_353, '224.0.0.251')
}
const [response] = await answered
console.log(JSON.stringify(response.answers))
mdns.destroy()
