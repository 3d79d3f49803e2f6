// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Target } from '../../src/protocol/api-targets.ts'
import { call, callOk, waitForEntries } from '../support/api.ts'
import { type DdpReceiver, startDdpReceiver } from '../support/ddp-receiver.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { waitFor } from '../support/wait-for.ts'

const calibration = suite('calibration')

const LEDS = 12
const LAYOUT = {
  type: 'strip',
  segments: [
    { edge: 'left', led_start: 0, led_count: 3 },
    { edge: 'top', led_start: 3, led_count: 3 },
    { edge: 'right', led_start: 6, led_count: 3 },
    { edge: 'bottom', led_start: 9, led_count: 2 },
  ],
}

async function setup(url: string) {
  const strip = await startDdpReceiver(LEDS)
  const device = await addDevice(url, { port: strip.port, led_count: LEDS })
  const source = await addSource(url, { name: 'Blue', type: 'color', color: '#0000ff', fps: undefined })
  const target = await addTarget(url, device, source, { layout: LAYOUT })
  const path = `/api/v1/targets/${target.id}`
  return { strip, device, source, target, path }
}

function shows(strip: DdpReceiver, colors: readonly string[]): boolean {
  return (
    strip.frames.length > 0 &&
    strip
      .colors()
      .map((color) => color.join())
      .join(' ') === colors.join(' ')
  )
}

const fill = (color: string, count = LEDS): readonly string[] => new Array<string>(count).fill(color)
/** The last LED hangs nowhere. */
const PICTURE = [...fill('0,0,255', LEDS - 1), '0,0,0']

calibration('lights single LEDs of a light that is on, and gives the picture back', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, target, path } = await setup(url)
    await callOk(url, 'POST', `${path}/start`)
    await strip.until(() => shows(strip, PICTURE), 'the picture')

    const answer = await callOk(url, 'POST', `${path}/calibration`, {
      show: 'leds',
      leds: [1, 11],
      color: '#ff8000',
    })
    assert.ok(Date.parse(String(answer.ends_at)) - Date.now() > 55_000)
    const two = fill('0,0,0').map((black, led) => (led === 1 || led === 11 ? '255,128,0' : black))
    await strip.until(() => shows(strip, two), 'two LEDs')

    await callOk(url, 'POST', `${path}/calibration`, { show: 'edges' })
    const edges = [
      '255,255,255',
      ...fill('255,255,0', 2),
      ...fill('255,0,0', 3),
      ...fill('0,255,0', 3),
      ...fill('0,0,255', 2),
      '0,0,0',
    ]
    await strip.until(() => shows(strip, edges), 'four edges')

    // A layout that is changed meanwhile stays in test colours.
    await callOk(url, 'PUT', path, { processing: { gamma: 2 } })
    const { length } = strip.frames
    await strip.until(() => strip.frames.length > length + 1, 'more frames')
    assert.ok(shows(strip, edges))

    assert.is((await call(url, 'DELETE', `${path}/calibration`)).status, 204)
    await strip.until(() => shows(strip, PICTURE), 'the picture again')
    const [started] = await waitForEntries(url, 'calibration_started', 1)
    const [ended] = await waitForEntries(url, 'calibration_ended', 1)
    assert.is(started?.message, '"Desk" shows test colours for at most 60 s.')
    assert.equal([ended?.entity_id, ended?.metadata.reason], [target.id, 'asked'])
    assert.is((await call(url, 'DELETE', `${path}/calibration`)).status, 204, 'once more is no mistake')
    strip.close()
  })
})

calibration('lights a light that is off, and releases its controller at the end', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, path } = await setup(url)
    await callOk(url, 'POST', `${path}/calibration`, { show: 'all', color: '#00ff00' })
    await strip.until(() => shows(strip, fill('0,255,0')), 'green')
    assert.is(((await callOk(url, 'GET', path)) as unknown as Target).state, 'stopped')
    await strip.next(2)
    await callOk(url, 'DELETE', `${path}/calibration`)
    const { length } = strip.frames
    await new Promise((resolve) => setTimeout(resolve, 1_300))
    assert.is(strip.frames.length, length, 'nothing more is sent')
    strip.close()
  })
})

calibration('ends when the light is switched on, or removed', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, path } = await setup(url)
    await callOk(url, 'POST', `${path}/calibration`, { show: 'all' })
    await callOk(url, 'POST', `${path}/start`)
    await strip.until(() => shows(strip, PICTURE), 'the picture')
    await callOk(url, 'POST', `${path}/calibration`, { show: 'all' })
    await strip.until(() => shows(strip, fill('255,255,255')), 'white')
    await callOk(url, 'DELETE', path)
    const ended = await waitForEntries(url, 'calibration_ended', 2)
    assert.ok(ended.every(({ metadata }) => metadata.reason === 'the light was switched or changed'))
    strip.close()
  })
})

calibration('keeps to the brightness and the power of the light', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, path } = await setup(url)
    // 12 mA for LEDs that are dark, 132 for a fifth of 12 LEDs at 55 mA.
    await callOk(url, 'PUT', path, { processing: { power_limit_ma: 144 } })
    await callOk(url, 'POST', `${path}/calibration`, { show: 'all' })
    await strip.until(() => shows(strip, fill('51,51,51')), 'a fifth of white')
    await callOk(url, 'PUT', path, { processing: { brightness: 0.1 } })
    await callOk(url, 'POST', `${path}/calibration`, { show: 'all' })
    await strip.until(() => shows(strip, fill('26,26,26')), 'a tenth of white')
    strip.close()
  })
})

calibration('refuses LEDs that are not there, and a device that another light shines on', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, device, source, path } = await setup(url)
    for (const [body, field] of [
      [{ show: 'leds', leds: [0, LEDS] }, 'leds.1'],
      [{ show: 'leds', leds: [] }, 'leds'],
      [{ show: 'edges', colors: { top: 'red' } }, 'colors.top'],
      [{ show: 'none' }, 'show'],
    ] as const) {
      const { status, body: answer } = await call(url, 'POST', `${path}/calibration`, body)
      assert.equal([status, answer.code, answer.field], [400, 'LG_REQUEST_INVALID', field])
    }
    const other = await addTarget(url, device, source, { name: 'Other' })
    await callOk(url, 'POST', `/api/v1/targets/${other.id}/start`)
    const { status, body } = await call(url, 'POST', `${path}/calibration`, { show: 'all' })
    assert.equal([status, body.code], [409, 'LG_ENTITY_WRONG_STATE'])
    assert.match(String(body.message), '"Other" lights the same device')
    strip.close()
  })
})

calibration('shows on a matrix which side is up', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, path } = await setup(url)
    const layout = { type: 'matrix', columns: 4, rows: 3, first_led: 'bottom_right', serpentine: false }
    await callOk(url, 'PUT', path, { layout })
    await callOk(url, 'POST', `${path}/calibration`, { show: 'edges' })
    const colors = [
      '255,255,255',
      ...fill('0,0,255', 3),
      '0,255,0',
      '0,0,0',
      '0,0,0',
      '255,255,0',
      ...fill('255,0,0', 4),
    ]
    await waitFor(() => shows(strip, colors), 'the sides of the matrix')
    strip.close()
  })
})

calibration.run()
