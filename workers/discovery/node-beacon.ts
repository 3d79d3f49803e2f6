/** WLED's port for news between nodes. */
export const NODE_BEACON_PORT = 65_506
const BEACON_BYTES = 44
const TOKEN = 255
const NODE_INFO = 1

/** Whether a packet is a WLED's beacon (`wled: udp.cpp`, `sendSysInfoUDP`). What it says is not trusted. */
export function isNodeBeacon(bytes: Uint8Array): boolean {
  return bytes.length >= BEACON_BYTES && bytes[0] === TOKEN && bytes[1] === NODE_INFO
}
