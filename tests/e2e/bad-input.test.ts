// shares the machine
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Device } from '../../src/protocol/api-devices.ts'
import { call, callOk, readLog } from '../support/api.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { rawCall } from '../support/raw-http.ts'

const badInput = suite('bad input over HTTP')

const DEVICE = { name: 'Desk', type: 'ddp', address: '127.0.0.1', led_count: 10 }
const CARD = { name: 'Card', type: 'testcard' }

/** Sends each body and expects a 400 that names the field. */
async function assertRefused(
  url: string,
  method: string,
  path: string,
  cases: readonly (readonly [body: unknown, field: string | undefined, code?: string])[],
): Promise<void> {
  for (const [body, field, code = 'LG_REQUEST_INVALID'] of cases) {
    const answer = await call(url, method, path, body)
    const shown = `${method} ${path} ${JSON.stringify(body)?.slice(0, 120)}`
    assert.equal([answer.status, answer.body.code, answer.body.field], [400, code, field], shown)
    assert.ok(String(answer.body.message).length > 0)
    const known = ['code', 'message', ...(field === undefined ? [] : ['field'])]
    assert.equal(Object.keys(answer.body).sort(), known.sort(), 'the one shape of errors')
  }
}

badInput('is refused with the field at fault, and nothing is created', async () => {
  await withInProcess(async ({ url }) => {
    await assertRefused(url, 'POST', '/api/v1/devices', [
      ['{"name":', undefined],
      ['[]', undefined],
      ['null', undefined],
      ['"text"', undefined],
      ['{"__proto__":{"admin":true}}', undefined],
      [{}, 'type'],
      [{ type: 'ddp' }, 'name'],
      [{ ...DEVICE, realtime_port: 4_048 }, 'realtime_port'],
      [{ ...DEVICE, settings: { universe: 1 } }, 'settings.universe'],
      [{ ...DEVICE, settings: { color_order: 'rgbw' } }, 'settings.color_order'],
      [{ ...DEVICE, type: 'e131', settings: { universe: 0 } }, 'settings.universe'],
      [{ ...DEVICE, type: 'e131', settings: { priority: 201 } }, 'settings.priority'],
      [{ ...DEVICE, type: 'e131', settings: { universe: 63_999 }, led_count: 171 }, 'settings.universe'],
      [{ ...DEVICE, type: 'e131', address: '239.255.0.2' }, 'address'],
      [{ ...DEVICE, type: 'ddp', address: '239.255.0.1' }, 'address', 'LG_DEVICE_ADDRESS_PUBLIC'],
      [{ ...DEVICE, type: 'e131', address: '224.0.0.251' }, 'address', 'LG_DEVICE_ADDRESS_PUBLIC'],
      [
        { ...DEVICE, type: 'artnet', settings: { channels_per_universe: 4 }, led_count: 129 },
        'settings.channels_per_universe',
      ],
      [{ ...DEVICE, type: 'wled', settings: { protocol: 'warls' }, led_count: 256 }, 'led_count'],
      [{ ...DEVICE, type: 'wled', settings: { protocol: 'drgb' }, led_count: 491 }, 'led_count'],
      [{ ...DEVICE, type: 'adalight' }, 'address'],
      [{ ...DEVICE, type: 'adalight', address: '/dev/../etc/passwd' }, 'address'],
      [{ ...DEVICE, type: 'adalight', address: '/etc/passwd' }, 'address'],
      [{ ...DEVICE, type: 'adalight', address: '/dev/ttyUSB0', port: 1 }, 'port'],
      [{ ...DEVICE, type: 'opc', settings: { channel: 256 } }, 'settings.channel'],
      [{ ...DEVICE, colour: 'red' }, 'colour'],
      [{ ...DEVICE, led_count: '10' }, 'led_count'],
      [{ ...DEVICE, led_count: 0 }, 'led_count'],
      [{ ...DEVICE, led_count: 16_385 }, 'led_count'],
      [{ ...DEVICE, led_count: 1.5 }, 'led_count'],
      ['{"name":"a","type":"ddp","address":"127.0.0.1","led_count":1e999}', 'led_count'],
      [{ ...DEVICE, port: 0 }, 'port'],
      [{ ...DEVICE, port: 65_536 }, 'port'],
      [{ ...DEVICE, type: 'hue' }, 'type'],
      [{ ...DEVICE, mac: 'AA:BB:CC:DD:EE:FF' }, 'mac'],
      [{ ...DEVICE, name: '' }, 'name'],
      [{ ...DEVICE, name: '   ' }, 'name'],
      [{ ...DEVICE, name: 'x'.repeat(201) }, 'name'],
      [{ ...DEVICE, name: 'a\u001b[31mred' }, 'name'],
      [{ ...DEVICE, name: 'two\nlines' }, 'name'],
      [{ ...DEVICE, name: 'abc\u202egnp.exe' }, 'name'],
      [{ ...DEVICE, name: 'half \ud83d' }, 'name'],
    ])
    await assertRefused(url, 'POST', '/api/v1/sources', [
      [{ name: 'Card' }, 'type'],
      [{ ...CARD, type: 'cinema' }, 'type'],
      [{ ...CARD, fps: 61 }, 'fps'],
      [{ ...CARD, display: ':0' }, 'display'],
      [{ name: 'TV', type: 'screen', display: '-i /etc/passwd' }, 'display'],
      [{ name: 'TV', type: 'screen', region: { left: 0, top: 0, width: 0, height: 9 } }, 'region.width'],
      [{ name: 'TV', type: 'screen', backend: 'x11' }, 'backend'],
      [{ name: 'Cam', type: 'camera', device: '/dev/../etc/passwd' }, 'device'],
      [{ name: 'Film', type: 'video' }, 'location'],
      [{ name: 'Film', type: 'video', location: 'concat:/etc/passwd|/etc/hosts' }, 'location'],
      [{ name: 'Film', type: 'video', location: '-f lavfi' }, 'location'],
      [{ name: 'Film', type: 'video', location: 'relative.mkv' }, 'location'],
      [{ name: 'Film', type: 'video', location: 'ftp://host/a.mkv' }, 'location'],
      [{ name: 'Film', type: 'video', location: 'http://' }, 'location'],
      [{ name: 'Film', type: 'video', location: '/a\u0000b' }, 'location'],
      [{ name: 'Red', type: 'color', color: 'red' }, 'color'],
      [{ name: 'Slope', type: 'gradient', stops: [{ at: 0, color: '#000000' }] }, 'stops'],
      [
        {
          name: 'Slope',
          type: 'gradient',
          stops: [
            { at: 0, color: '#000000' },
            { at: 2, color: '#000000' },
          ],
        },
        'stops.1.at',
      ],
      [{ name: 'Fire', type: 'effect', effect: 'water' }, 'effect'],
      [{ name: 'Fire', type: 'effect', effect: 'fire', speed: 0 }, 'speed'],
      [{ name: 'Fire', type: 'effect', effect: 'fire', colors: [] }, 'colors'],
    ])
    await assertRefused(url, 'PUT', '/api/v1/activity-log/settings', [
      [{ max_days: 0 }, 'max_days'],
      [{ max_days: 3_651 }, 'max_days'],
      [{ max_entries: 99 }, 'max_entries'],
      [{ max_entries: 50_000_001 }, 'max_entries'],
      [{ enabled: 'yes' }, 'enabled'],
      [{ keep: 1 }, 'keep'],
    ])
    await assertRefused(url, 'POST', '/api/v1/keys', [
      [{ label: 'x', role: 'root' }, 'role'],
      [{ label: '', role: 'admin' }, 'label'],
      [{ label: 'a\u0007b', role: 'admin' }, 'label'],
    ])
    assert.is((await readLog(url, 'categories=entity,auth')).total, 0)
  })
})

badInput('in an address is refused unless it leads to a private network', async () => {
  await withInProcess(async ({ url }) => {
    const refused = (address: string, code: string) => [{ ...DEVICE, address }, 'address', code] as const
    await assertRefused(url, 'POST', '/api/v1/devices', [
      refused('8.8.8.8', 'LG_DEVICE_ADDRESS_PUBLIC'),
      refused('2001:4860:4860::8888', 'LG_DEVICE_ADDRESS_PUBLIC'),
      refused('::ffff:8.8.8.8', 'LG_DEVICE_ADDRESS_PUBLIC'),
      refused('0.0.0.0', 'LG_DEVICE_ADDRESS_PUBLIC'),
      refused('255.255.255.255', 'LG_DEVICE_ADDRESS_PUBLIC'),
      // The system's resolver takes a number for an address: 8.8.8.8 once more.
      refused('134744072', 'LG_DEVICE_ADDRESS_PUBLIC'),
      refused('http://127.0.0.1', 'LG_REQUEST_INVALID'),
      refused('127.0.0.1/evil', 'LG_REQUEST_INVALID'),
      refused('', 'LG_REQUEST_INVALID'),
    ])
    const device = await addDevice(url, { address: 'localhost' })
    assert.is(device.address, 'localhost', 'kept as typed')
    await assertRefused(url, 'PUT', `/api/v1/devices/${device.id}`, [
      [{ address: '1.1.1.1' }, 'address', 'LG_DEVICE_ADDRESS_PUBLIC'],
    ])
  })
})

badInput('in a layout names the segment', async () => {
  await withInProcess(async ({ url }) => {
    const device: Device = await addDevice(url)
    const source = await addSource(url)
    const target = await addTarget(url, device, source)
    const segment = { edge: 'top', led_start: 0, led_count: 10 }
    const layout = (...segments: object[]) => ({ layout: { segments } })
    const update = `/api/v1/targets/${target.id}`
    await assertRefused(url, 'PUT', update, [
      [layout(), 'layout.segments'],
      [layout(segment, { ...segment, led_start: 15 }), 'layout.segments.1.led_count'],
      [layout(segment, { ...segment, led_start: 5 }), 'layout.segments.1.led_start'],
      [layout(segment, { ...segment, edge: 'front' }), 'layout.segments.1.edge'],
      [layout({ ...segment, reverse: 'no' }), 'layout.segments.0.reverse'],
      [layout({ ...segment, depth: 1 }), 'layout.segments.0.depth'],
      [{ layout: { segments: [segment], border_depth_percent: 51 } }, 'layout.border_depth_percent'],
      [{ processing: { brightness: 1.01 } }, 'processing.brightness'],
      [{ processing: { gamma: 0 } }, 'processing.gamma'],
      [{ processing: { hue: 0 } }, 'processing.hue'],
    ])
    const whole = { name: 'Second', device_id: device.id, source_id: source.id }
    await assertRefused(url, 'POST', '/api/v1/targets', [
      [{ ...whole, ...layout({ ...segment, led_count: 21 }) }, 'layout.segments.0.led_count'],
    ])
    const smaller = await addDevice(url, { name: 'Smaller', led_count: 2 })
    await assertRefused(url, 'PUT', update, [[{ device_id: smaller.id }, 'layout.segments.0.led_count']])
  })
})

badInput('in the gaps of a layout, or in a matrix, names the field and says what would do', async () => {
  await withInProcess(async ({ url }) => {
    const target = await addTarget(url, await addDevice(url), await addSource(url))
    const path = `/api/v1/targets/${target.id}`
    const segments = [{ edge: 'top', led_start: 0, led_count: 20 }]
    const gap = { edge: 'top', start_percent: 40, end_percent: 60 }
    const matrix = { type: 'matrix', columns: 5, rows: 4 }
    const cases: readonly (readonly [layout: object, field: string, message: RegExp])[] = [
      [{ segments, gaps: [{ ...gap, edge: 'front' }] }, 'gaps.0.edge', /top/],
      [{ segments, gaps: [{ ...gap, start_percent: -1 }] }, 'gaps.0.start_percent', />=0/],
      [{ segments, gaps: [{ ...gap, end_percent: 100.5 }] }, 'gaps.0.end_percent', /<=100/],
      [
        { segments, gaps: [{ ...gap, end_percent: 40 }] },
        'gaps.0.end_percent',
        /must be more than start_percent/,
      ],
      [{ segments, gaps: [gap, gap] }, 'gaps.1.start_percent', /begins inside gaps\.0/],
      [
        { segments, gaps: [{ ...gap, start_percent: 0, end_percent: 100 }] },
        'gaps.0.end_percent',
        /leaves no room for the LEDs of the top edge/,
      ],
      [{ segments, gaps: [{ ...gap, depth: 1 }] }, 'gaps.0.depth', /no such field/],
      [{ segments, gaps: Array.from({ length: 9 }, () => gap) }, 'gaps', /<=8/],
      [{ segments, rows: 4 }, 'rows', /no such field/],
      [{ ...matrix, rows: 0 }, 'rows', />=1/],
      [{ ...matrix, columns: 2.5 }, 'columns', /int/],
      [
        { ...matrix, columns: 6 },
        'columns',
        /times rows reaches LED 23, but the last LED of the device is 19/,
      ],
      [{ ...matrix, led_start: 1 }, 'columns', /times rows reaches LED 20/],
      [{ ...matrix, first_led: 'top' }, 'first_led', /top_left/],
      [{ ...matrix, runs: 'diagonals' }, 'runs', /rows/],
      [{ ...matrix, serpentine: 'no' }, 'serpentine', /boolean/],
      [{ ...matrix, segments }, 'segments', /no such field/],
      [{ type: 'spiral', segments }, 'type', /^layout\.type: must be "strip", as without it, or "matrix"$/],
    ]
    for (const [layout, field, message] of cases) {
      await assertRefused(url, 'PUT', path, [[{ layout }, `layout.${field}`]])
      assert.match(String((await call(url, 'PUT', path, { layout })).body.message), message, field)
    }
    assert.equal(await callOk(url, 'GET', path), target, 'nothing has changed')
    const stored = await callOk(url, 'PUT', path, { layout: { ...matrix, serpentine: false } })
    assert.equal(stored.layout, {
      ...matrix,
      first_led: 'top_left',
      runs: 'rows',
      serpentine: false,
      led_start: 0,
    })
    const back = await callOk(url, 'PUT', path, { layout: { segments, gaps: [gap] } })
    assert.equal((back.layout as Record<string, unknown>).gaps, [gap])
  })
})

badInput('in a query names the parameter', async () => {
  await withInProcess(async ({ url }) => {
    const cases: readonly (readonly [string, string])[] = [
      ...['0x10', '1e3', '', '+5', '-1', '1.0', ' 5', '0', '201', '9'.repeat(20)].map(
        (value) => [`limit=${encodeURIComponent(value)}`, 'limit'] as const,
      ),
      ['before_seq=0x10', 'before_seq'],
      ['before_seq=', 'before_seq'],
      ['limit=1&limit=2', 'limit'],
      ['since=2026-01-01T00:00:00', 'since'],
      ['since=2026-01-01', 'since'],
      ['since=yesterday', 'since'],
      ['since=2026-02-30T00:00:00Z', 'since'],
      ['until=1767225600', 'until'],
      ['until=', 'until'],
      ['categories=nonsense', 'categories'],
      ['categories=auth,', 'categories'],
      ['severities=info&severities=fatal', 'severities'],
      ['actions=', 'actions'],
      ['q=', 'q'],
      [`q=${'x'.repeat(201)}`, 'q'],
      ['actor=a&actor=b', 'actor'],
      ['colour=red', 'colour'],
    ]
    for (const [query, field] of cases) {
      const { status, body } = await call(url, 'GET', `/api/v1/activity-log?${query}`)
      assert.equal([status, body.code, body.field], [400, 'LG_REQUEST_INVALID', field], query)
    }
    for (const path of ['/api/v1/devices', '/api/v1/activity-log/settings', '/health', '/api/openapi.json']) {
      const { status, body } = await call(url, 'GET', `${path}?colour=red`)
      assert.equal([status, body.code, body.field], [400, 'LG_REQUEST_INVALID', 'colour'], path)
    }
  })
})

badInput('of the wrong size, type or form has its own answer', async () => {
  await withInProcess(async ({ url }) => {
    const tooLarge = { ...DEVICE, name: 'x'.repeat(1024 * 1024) }
    const large = await call(url, 'POST', '/api/v1/devices', tooLarge)
    assert.equal([large.status, large.body.code], [413, 'LG_REQUEST_TOO_LARGE'])

    const form = await rawCall(url, {
      method: 'POST',
      path: '/api/v1/devices',
      headers: { 'content-type': 'text/plain' },
      body: DEVICE,
    })
    assert.equal([form.status, form.body.code], [415, 'LG_REQUEST_UNSUPPORTED_TYPE'])

    for (const path of ['/api/v1/devices/%zz', '/api/v1/devices/%ff']) {
      const { status, body } = await rawCall(url, { path })
      assert.equal([status, body.code], [400, 'LG_REQUEST_INVALID'], path)
    }
    const long = await rawCall(url, { path: `/api/v1/devices/${'x'.repeat(80)}` })
    assert.equal([long.status, long.body.field], [400, 'id'])

    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.end('GARBAGE\r\n\r\n')
    assert.match(await text(socket), /^HTTP\/1\.1 400 .*\{"code":"LG_REQUEST_INVALID","message":"[^"]+"\}$/s)
  })
})

badInput('in a name is shown as it is, wherever it is only strange', async () => {
  await withInProcess(async ({ url }) => {
    const names = [
      `<script>alert('x')</script>`,
      `=cmd|' /C calc'!A0`,
      `'; drop table devices; --`,
      '灯 💡 ñ',
      '__proto__',
    ]
    for (const name of names) {
      assert.is((await addDevice(url, { name })).name, name)
      const { entries } = await readLog(url, `actions=entity_created`)
      assert.is(entries[0]?.entity_name, name)
    }
    const found = await readLog(url, `q=${encodeURIComponent('💡')}`)
    assert.is(found.total, 1)
  })
})

badInput.run()
