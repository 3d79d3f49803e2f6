import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { COLOR_ORDERS } from '../../../src/led/color-order.ts'
import { REALTIME_FORMATS } from '../../../src/led/realtime-encoder.ts'
import { SERIAL_FRAMINGS } from '../../../src/led/serial-encoder.ts'
import {
  COLOR_ORDER_NAMES,
  DEVICE_SETTINGS,
  DEVICE_TYPES,
  readSettings,
  SERIAL_FRAMING_NAMES,
  WLED_PROTOCOLS,
} from '../../../src/protocol/device-settings.ts'

const settings = suite('device settings')

const page = readFileSync(new URL('../../../docs/devices.md', import.meta.url), 'utf8')

interface Property {
  readonly description?: string
  readonly default?: string | number | boolean
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}

function toRow(name: string, { description, default: standard, ...kind }: Property): string {
  const values = kind.enum
    ? kind.enum.map((value) => `\`${value}\``).join(', ')
    : typeof standard === 'boolean'
      ? '`true`, `false`'
      : `${kind.minimum} to ${kind.maximum}`
  return `| \`${name}\` | \`${standard}\` | ${values} | ${description} |`
}

settings('are all on their page, with default, values and meaning, under their type', () => {
  for (const type of DEVICE_TYPES) {
    const section =
      page.split(/^## /m).find((text) => (text.split('\n')[0] ?? '').split(', ').includes(type)) ?? ''
    const { properties = {} } = z.toJSONSchema(DEVICE_SETTINGS[type], { io: 'input' })
    const rows = Object.entries(properties).map(([name, property]) => toRow(name, property as Property))
    assert.equal(
      section.split('\n').filter((line) => line.startsWith('| `')),
      rows,
      type,
    )
    assert.match(page, `| \`${type}\` |`)
  }
})

settings('name what the encoders know', () => {
  assert.equal(COLOR_ORDER_NAMES, COLOR_ORDERS)
  assert.equal(SERIAL_FRAMING_NAMES, SERIAL_FRAMINGS)
  assert.equal(WLED_PROTOCOLS, ['ddp', ...REALTIME_FORMATS])
})

settings('are complete for every type where nothing was given', () => {
  assert.equal(readSettings('e131', {}), {
    universe: 1,
    channels_per_universe: 512,
    priority: 100,
    color_order: 'rgb',
  })
  for (const type of DEVICE_TYPES) assert.not.throws(() => readSettings(type, {}))
})

settings.run()
