/**
 * Holds a serial port for a thread of another process: `serial-port.process.js PATH BAUD`, with an IPC channel. The
 * native part of the package serialport works on the main thread of a process alone: in a worker, the first byte that
 * comes in ends the whole process (bindings-cpp 13.0.0 polls on the default loop; seen 2026-11-23).
 */
import type { SerialPort } from 'serialport'
import { toErrorMessage } from '../../../src/errors.ts'
import type { PortReport } from './port-process.ts'

const [path = '', baudRate = ''] = process.argv.slice(2)

// Whoever wanted the port is gone.
process.once('disconnect', () => process.exit())

try {
  const port = await open()
  port.on('error', () => {})
  port.once('close', () => tell({ kind: 'closed' }))
  // Adalight's device says "Ada" every second: read, or the port fills up.
  port.resume()
  process.on('message', (packet: Uint8Array) => {
    port.write(packet)
    // The port queues kilobytes; waiting until they are on the wire is what keeps colours fresh.
    port.drain((cause) => tell({ kind: 'sent', has_left: !cause }))
  })
  tell({ kind: 'open' })
} catch (cause) {
  tell({ kind: 'failed', reason: toErrorMessage(cause) })
}

async function open(): Promise<SerialPort> {
  const { SerialPort } = await import('serialport').catch((cause: unknown) => {
    throw new Error('the optional package serialport is not installed; run npm install serialport', { cause })
  })
  const port = new SerialPort({ path, baudRate: Number(baudRate), autoOpen: false })
  await new Promise<void>((resolve, reject) => {
    port.open((cause) => (cause ? reject(cause) : resolve()))
  })
  return port
}

function tell(report: PortReport): void {
  if (process.connected) process.send?.(report)
}
