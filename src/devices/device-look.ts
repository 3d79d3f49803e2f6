import { access, constants } from 'node:fs/promises'
import { connect } from 'node:net'
import { toErrorMessage } from '../errors.ts'
import type { Device } from '../protocol/api-devices.ts'
import type { DeviceType } from '../protocol/device-settings.ts'
import type { ProbeResult, WledInfo } from '../protocol/wled-info.ts'
import type { ArtnetPoller } from './artnet-poller.ts'
import { resolveDeviceAddress } from './device-address.ts'

/** Two of these and the pause before them fit into 5 s: that is how soon silence is noticed. */
const LOOK_TIMEOUT_MS = 1_200
/** A node may think for a second before it answers. */
const ARTNET_TIMEOUT_MS = 1_400

/** What came of a look at a device. */
export type LookResult =
  /** With what a WLED says of itself. */
  | { readonly kind: 'answer'; readonly info: WledInfo | null }
  | { readonly kind: 'silence'; readonly reason: string }
  /** This machine cannot ask, which says nothing about the device. */
  | { readonly kind: 'unable'; readonly reason: string }

export interface DeviceLookOptions {
  readonly probe: (address: string, port: number, timeoutMs: number) => Promise<ProbeResult>
  readonly artnet: Pick<ArtnetPoller, 'ask'>
}

const SILENT_TYPES: readonly DeviceType[] = ['ddp', 'e131']

/** Whether there is anything to ask a device of this type; if not, nobody can know how it is. */
export function canAnswer(type: DeviceType): boolean {
  return !SILENT_TYPES.includes(type)
}

/** Looks whether a device is there, in the way of its type. Never throws. */
export async function lookAt(device: Device, { probe, artnet }: DeviceLookOptions): Promise<LookResult> {
  try {
    const address = await resolveDeviceAddress(device)
    switch (device.type) {
      case 'wled':
      case 'virtual': {
        const result = await probe(address, device.port, LOOK_TIMEOUT_MS)
        return result.ok ? { kind: 'answer', info: result.info } : { kind: 'silence', reason: result.reason }
      }
      case 'artnet':
        return await lookAtNode(artnet, address, device.port)
      case 'opc':
        return await lookAtTcp(address, device.port)
      case 'adalight':
        return await lookAtSerial(address)
      case 'ddp':
      case 'e131':
        return { kind: 'unable', reason: 'receivers of this protocol never answer' }
    }
  } catch (cause) {
    return { kind: 'silence', reason: toErrorMessage(cause) }
  }
}

async function lookAtNode(
  artnet: Pick<ArtnetPoller, 'ask'>,
  address: string,
  port: number,
): Promise<LookResult> {
  try {
    const node = await artnet.ask(address, port, ARTNET_TIMEOUT_MS)
    return node === undefined
      ? { kind: 'silence', reason: `no answer to ArtPoll within ${ARTNET_TIMEOUT_MS} ms` }
      : { kind: 'answer', info: null }
  } catch (cause) {
    return { kind: 'unable', reason: toErrorMessage(cause) }
  }
}

const TCP_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
}

async function lookAtTcp(address: string, port: number): Promise<LookResult> {
  const socket = connect({ host: address, port })
  try {
    return await new Promise<LookResult>((resolve) => {
      socket.setTimeout(LOOK_TIMEOUT_MS, () =>
        resolve({ kind: 'silence', reason: `no connection within ${LOOK_TIMEOUT_MS} ms` }),
      )
      socket.once('connect', () => resolve({ kind: 'answer', info: null }))
      socket.on('error', (cause: NodeJS.ErrnoException) =>
        resolve({ kind: 'silence', reason: TCP_REASONS[cause.code ?? ''] ?? cause.message }),
      )
    })
  } finally {
    socket.destroy()
  }
}

/** Looks without opening it: that would restart an Arduino, and the port may be in use by a target. */
async function lookAtSerial(path: string): Promise<LookResult> {
  if (!path.startsWith('/')) return { kind: 'unable', reason: 'Windows tells of a port only by opening it' }
  return await access(path, constants.R_OK | constants.W_OK).then(
    () => ({ kind: 'answer' as const, info: null }),
    (cause: NodeJS.ErrnoException) => ({
      kind: 'silence' as const,
      reason: cause.code === 'EACCES' ? 'this user may not open the port' : 'the port is not there',
    }),
  )
}
