// shares the machine
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Target } from '../../src/protocol/api-targets.ts'
import { callOk, readLog } from '../support/api.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { type CliResult, runBuilt } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const cliTargets = suite('ledgrab targets show and set')

interface Stage {
  readonly run: (...args: readonly string[]) => Promise<CliResult>
  readonly read: () => Promise<Target>
  readonly url: string
}

async function withTarget(test: (stage: Stage) => Promise<void>): Promise<void> {
  await withInProcess(async ({ url }) => {
    const device = await addDevice(url)
    const { id } = await addTarget(url, device, await addSource(url), { name: 'Desk' })
    await test({
      url,
      run: (...args) => runBuilt(['targets', ...args, '--url', url]),
      read: async () => (await callOk(url, 'GET', `/api/v1/targets/${id}`)) as unknown as Target,
    })
  })
}

cliTargets('shows a target with everything it is set to', async () => {
  await withTarget(async ({ run, read }) => {
    const target = await read()
    const { code, stdout } = await run('show', 'Desk')
    assert.is(code, 0)
    const shown = new Map(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/) as [string, string]),
    )
    assert.equal(
      [...shown.keys()],
      ['name', 'state', 'source', 'device', 'id', 'layout', ...Object.keys(target.processing)],
    )
    assert.equal(
      ['name', 'source', 'device', 'id', 'white_balance', 'skip_black_bars'].map((key) => shown.get(key)),
      ['Desk', 'Test card', 'Desk strip', target.id, '1,1,1', 'on'],
    )
    assert.equal(JSON.parse((await run('show', target.id, '--json')).stdout), target)
  })
})

cliTargets('sets what is named, leaves the rest, and leaves an entry of it', async () => {
  await withTarget(async ({ url, run, read }) => {
    const before = await read()
    const set = await run(
      ...['set', 'Desk', '--brightness', '0.5', '--smoothing-ms', '150', '--white-balance', '1,0.9,0.8'],
      ...['--color-temperature-k', '2700', '--dithering', 'on', '--skip-black-bars', 'off'],
    )
    assert.is(set.code, 0, set.stderr)
    assert.match(
      set.stdout,
      /^"Desk" has now: brightness 0\.5, smoothing_ms 150, white_balance 1,0\.9,0\.8, /,
    )
    assert.equal((await read()).processing, {
      ...before.processing,
      brightness: 0.5,
      smoothing_ms: 150,
      white_balance: { red: 1, green: 0.9, blue: 0.8 },
      color_temperature_k: 2_700,
      dithering: true,
      skip_black_bars: false,
    })
    const back = await run('set', 'Desk', '--color-temperature-k', 'null', '--json')
    assert.is(JSON.parse(back.stdout).processing.color_temperature_k, null)
    const { entries } = await readLog(url, 'actions=entity_updated')
    assert.is(entries.length, 2)
  })
})

cliTargets('sets a layout from a file', async () => {
  await withTarget(async ({ run, read }) => {
    const dir = tempDir()
    const file = join(dir, 'layout.json')
    writeFileSync(file, '{"type": "matrix", "columns": 5, "rows": 4}')
    const set = await run('set', 'Desk', '--layout', file)
    assert.equal([set.code, set.stdout], [0, '"Desk" has now: layout.\n'])
    assert.is((await read()).layout.type, 'matrix')
    writeFileSync(file, '{"type": "matrix", "columns": 50, "rows": 4}')
    const tooLarge = await run('set', 'Desk', '--layout', file)
    assert.is(tooLarge.code, 1)
    assert.match(tooLarge.stderr, /layout\.columns: times rows reaches LED 199/)
    writeFileSync(file, '{')
    for (const wrong of [file, join(dir, 'none.json'), dir]) {
      const { code, stderr } = await run('set', 'Desk', '--layout', wrong)
      assert.is(code, 1)
      assert.match(stderr, /^ledgrab: [^\n]+\n$/)
    }
  })
})

cliTargets('exits 2 at values a setting cannot have, and where nothing is to be changed', async () => {
  await withTarget(async ({ run, read }) => {
    const before = await read()
    for (const [args, words] of [
      [['--brightness', '2'], /'2' is invalid\. It must be 0-1\./],
      [['--white-channel', 'both'], /It must be none\|accurate\|brighter\./],
      [['--hue', '1'], /unknown option/],
      [[], /nothing to change/],
    ] as const) {
      const { code, stdout, stderr } = await run('set', 'Desk', ...args)
      assert.equal([code, stdout], [2, ''], args.join(' '))
      assert.match(stderr, words)
    }
    assert.is((await run('set', 'Nobody', '--gamma', '1')).code, 1)
    assert.is((await run('show', 'Nobody')).code, 1)
    assert.equal(await read(), before)
  })
})

cliTargets.run()
