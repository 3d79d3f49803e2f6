import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { formatSetting, toSettingText } from '../../../src/cli/setting-text.ts'
import { Processing, ProcessingPatch } from '../../../src/protocol/api-targets.ts'

const settings = suite('settings as text')

const FIELDS = Object.entries(ProcessingPatch.shape)

settings('of the processing say what they may be', () => {
  assert.equal(Object.fromEntries(FIELDS.map(([name, schema]) => [name, toSettingText(schema).values])), {
    brightness: '0-1',
    gamma: '0.1-5',
    saturation: '0-4',
    smoothing_ms: '0-5000',
    black_threshold: '0-1',
    white_balance: 'red,green,blue',
    color_temperature_k: '1000-15000|null',
    power_limit_ma: '50-1000000|null',
    led_ma: '1-200',
    white_channel: 'none|accurate|brighter',
    dithering: 'on|off',
    skip_black_bars: 'on|off',
  })
  for (const [name, schema] of FIELDS) assert.ok(toSettingText(schema).description.length > 10, name)
})

settings('are read as they are shown, each of them', () => {
  const defaults: Record<string, unknown> = Processing.parse({})
  const others: Record<string, unknown> = {
    white_balance: { red: 1, green: 0.9, blue: 0.25 },
    color_temperature_k: 2_700,
    power_limit_ma: 1_000,
    white_channel: 'accurate',
    dithering: true,
    skip_black_bars: false,
  }
  for (const [name, schema] of FIELDS) {
    for (const value of [defaults[name], ...(name in others ? [others[name]] : [])]) {
      assert.equal(toSettingText(schema).parse(formatSetting(value)), value, name)
    }
  }
})

settings('are refused when they are no value, or out of range', () => {
  const refused: Readonly<Record<string, readonly string[]>> = {
    brightness: ['', '2', '-1', '.5', '5e-1', '0x0', 'half', ' 1', 'null'],
    smoothing_ms: ['5001', '1.5', '1,000'],
    white_balance: ['1', '1,1', '1,1,1,1', '1,1,2', '1,1,', 'a,b,c'],
    color_temperature_k: ['999', 'none', '0'],
    white_channel: ['both', 'None', ''],
    dithering: ['true', '1', 'ON', ''],
  }
  for (const [name, texts] of Object.entries(refused)) {
    const schema = ProcessingPatch.shape[name as keyof typeof ProcessingPatch.shape]
    for (const text of texts) assert.is(toSettingText(schema).parse(text), undefined, `${name} ${text}`)
  }
})

settings('that are numbers are read as any number in range is shown', () => {
  const { parse } = toSettingText(z.number().min(0).max(100))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), (thousandths) => {
      const value = thousandths / 1_000
      assert.is(parse(formatSetting(value)), value)
    }),
  )
})

settings.run()
