import { countUniverses } from '../../../src/led/e131-encoder.ts'
import { assertNever, type TargetPlan } from '../../../src/protocol/worker-messages.ts'
import type { Link, LinkEvents } from './link.ts'
import { MulticastLink } from './multicast-link.ts'
import { SerialLink } from './serial-link.ts'
import { TcpLink } from './tcp-link.ts'
import { UdpLink } from './udp-link.ts'

/** RGBW takes more universes than RGB, and a device may change from one to the other while it runs. */
const MOST_CHANNELS_PER_LED = 4

/** The way packets take to a device. */
export function createLink(
  { address, output, led_count }: TargetPlan['device'],
  { onIdle, onTrouble }: LinkEvents,
): Link {
  switch (output.kind) {
    case 'ddp':
    case 'realtime':
    case 'artnet':
      return new UdpLink(address, output.port, onIdle)
    case 'e131': {
      const { universe, channels_per_universe, port, is_multicast } = output
      if (!is_multicast) return new UdpLink(address, port, onIdle)
      const universeCount = countUniverses(led_count, channels_per_universe, MOST_CHANNELS_PER_LED)
      return new MulticastLink({ universe, universeCount, port, onIdle })
    }
    case 'opc':
      return new TcpLink({ address, port: output.port, onIdle })
    case 'serial':
      return new SerialLink({ path: address, baudRate: output.baud_rate, onIdle, onTrouble })
    default:
      return assertNever(output)
  }
}

/** The same for two plans of a device that one link can serve. */
export function toLinkKey({ address, led_count, output }: TargetPlan['device']): string {
  const parts: (string | number)[] = [address, output.kind]
  if (output.kind === 'serial') parts.push(output.baud_rate)
  else parts.push(output.port)
  if (output.kind === 'e131' && output.is_multicast) {
    parts.push(output.universe, output.channels_per_universe, led_count)
  }
  return parts.join(' ')
}
