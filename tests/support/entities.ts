import type { Device } from '../../src/protocol/api-devices.ts'
import type { Source, SourceWithCapture } from '../../src/protocol/api-sources.ts'
import type { Target } from '../../src/protocol/api-targets.ts'
import { callOk } from './api.ts'

export async function addDevice(url: string, fields: object = {}): Promise<Device> {
  const defaults = { name: 'Desk strip', type: 'ddp', address: '127.0.0.1', led_count: 20 }
  return (await callOk(url, 'POST', '/api/v1/devices', { ...defaults, ...fields })) as unknown as Device
}

export async function addSource(url: string, fields: object = {}): Promise<SourceWithCapture> {
  const defaults = { name: 'Test card', type: 'testcard', fps: 30 }
  return (await callOk(url, 'POST', '/api/v1/sources', {
    ...defaults,
    ...fields,
  })) as unknown as SourceWithCapture
}

export async function addTarget(
  url: string,
  device: Device,
  source: Source,
  fields: object = {},
): Promise<Target> {
  const body = { name: 'Desk', device_id: device.id, source_id: source.id, ...fields }
  return (await callOk(url, 'POST', '/api/v1/targets', body)) as unknown as Target
}
