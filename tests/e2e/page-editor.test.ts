// shares the machine
// deadline: 150 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Device } from '../../src/protocol/api-devices.ts'
import type { Scene } from '../../src/protocol/api-scenes.ts'
import type { Target } from '../../src/protocol/api-targets.ts'
import { callOk, readLog, waitForEntries } from '../support/api.ts'
import { findViolations } from '../support/axe.ts'
import { closeBrowser, openPage, untilLive, withBrowser } from '../support/browser.ts'
import { stopSharedDemo, withDemo, withSharedDemo } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'
import { waitFor } from '../support/wait-for.ts'

const page = suite('page, editor and scenes')
const withChromium = (name: string, test: () => Promise<void>): void =>
  testWith(page, ['chromium'], name, test)

async function readTargets(url: string): Promise<readonly Target[]> {
  return (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly Target[]
}

async function firstTarget(url: string): Promise<Target> {
  const [target] = await readTargets(url)
  assert.ok(target)
  return target
}

/** What the virtual controller of a target shows, one hex colour per LED. */
async function readStrip(url: string, { device_id }: Target): Promise<readonly string[]> {
  const { port } = (await callOk(url, 'GET', `/api/v1/devices/${device_id}`)) as unknown as Device
  const live = await (await fetch(`http://127.0.0.1:${port}/json/live`)).json()
  return (live as { readonly leds: readonly string[] }).leds.map((led) => led.toLowerCase())
}

withChromium('shows the edges on the strip, and moves a gap with the keyboard and the mouse', async () => {
  await withSharedDemo(async ({ url }) => {
    const target = await firstTarget(url)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL(`/targets/${target.id}`, url).href)
      await untilLive(view)
      await view.getByRole('button', { name: 'Show the edges on the strip' }).click()
      await waitFor(async () => {
        const [first, second] = await readStrip(url, target)
        return first === 'ffffff' && second === 'ffff00'
      }, 'the left edge in yellow')

      await view.getByRole('button', { name: 'Add a gap' }).click()
      const begin = view.getByRole('button', { name: /^Beginning of the gap, Bottom: 42 %/ })
      await begin.press('ArrowLeft')
      const gapOf = ({ layout }: Target) => (layout.type === 'strip' ? layout.gaps[0] : undefined)
      await waitFor(
        async () => gapOf(await firstTarget(url))?.start_percent === 41,
        'the gap to begin at 41 %',
      )
      const end = view.getByRole('button', { name: /^End of the gap/ })
      const stage = await view.locator('.layout-handles.gaps').boundingBox()
      const from = await end.boundingBox()
      if (!stage || !from) throw new Error('no handles')
      await view.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
      await view.mouse.down()
      // The bottom edge runs from right to left: a quarter from the left is three quarters on.
      await view.mouse.move(stage.x + stage.width / 4, stage.y + stage.height, { steps: 6 })
      await view.mouse.up()
      await waitFor(
        async () => Math.abs((gapOf(await firstTarget(url))?.end_percent ?? 0) - 75) < 1,
        'an end at 75 %',
      )
      assert.equal(await findViolations(view), [])
      await view.getByRole('button', { name: 'Remove', exact: true }).click()
      await waitFor(async () => gapOf(await firstTarget(url)) === undefined, 'no gap')

      await view.getByRole('button', { name: 'Show the picture again' }).click()
      await waitFor(async () => (await readStrip(url, target))[1] !== 'ffff00', 'the picture again')
      const [ended] = await waitForEntries(url, 'calibration_ended', 1)
      assert.is(ended?.metadata.reason, 'asked')
      assert.equal(problems, [])
    })
  })
})

withChromium('makes a matrix of a strip and a strip of a matrix', async () => {
  await withSharedDemo(async ({ url }) => {
    const target = await firstTarget(url)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL(`/targets/${target.id}`, url).href)
      await untilLive(view)
      await view.getByLabel('Kind').selectOption('matrix')
      await view.getByRole('spinbutton', { name: 'Columns' }).waitFor()
      const stored = async () => (await firstTarget(url)).layout
      await waitFor(async () => (await stored()).type === 'matrix', 'a matrix')
      await view.getByRole('spinbutton', { name: 'Columns' }).fill('5')
      await view.getByRole('spinbutton', { name: 'Columns' }).press('Enter')
      await view.getByLabel('First LED at').selectOption('bottom_right')
      await view.getByLabel('Wired').selectOption('columns')
      await view.getByLabel('To and fro').uncheck()
      await waitFor(async () => {
        const layout = await stored()
        if (layout.type !== 'matrix') return false
        const { columns, first_led, runs, serpentine } = layout
        return columns === 5 && first_led === 'bottom_right' && runs === 'columns' && !serpentine
      }, 'all of it')
      assert.equal(await findViolations(view), [])
      await view.getByLabel('Kind').selectOption('strip')
      await waitFor(async () => (await stored()).type === 'strip', 'a strip')
      assert.is(await view.getByLabel('Left', { exact: true }).inputValue(), '22')
      assert.equal(problems, [])
    })
  })
})

withChromium('changes every part of the processing at once, and back', async () => {
  await withSharedDemo(async ({ url }) => {
    const target = await firstTarget(url)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL(`/targets/${target.id}`, url).href)
      await untilLive(view)
      const until = (isSo: (processing: Target['processing']) => boolean, what: string): Promise<unknown> =>
        waitFor(async () => isSo((await firstTarget(url)).processing), what)
      await view.getByLabel('Smoothing').press('End')
      await until(({ smoothing_ms }) => smoothing_ms === 2_000, 'smoothing')
      await view.getByLabel('Saturation').press('Home')
      await until(({ saturation }) => saturation === 0, 'saturation')
      // Grey: red, green and blue are the same on the strip.
      await waitFor(
        async () => (await readStrip(url, target)).every((led) => led.slice(0, 2) === led.slice(4)),
        'a grey strip',
      )
      await view.getByLabel('Skip the black bars of films').check()
      await until(({ skip_black_bars }) => skip_black_bars, 'black bars')
      await view.getByText('More', { exact: true }).click()
      await view.getByLabel('Colour temperature').check()
      await view.getByLabel('Temperature', { exact: true }).press('Home')
      await until(({ color_temperature_k }) => color_temperature_k === 1_500, 'temperature')
      await view.getByLabel('Green').press('ArrowLeft')
      await until(({ white_balance }) => white_balance.green === 0.99, 'white balance')
      await view.getByLabel('Limit the power').check()
      await view.getByLabel('All LEDs, mA').fill('500')
      await view.getByLabel('All LEDs, mA').press('Enter')
      await until(({ power_limit_ma }) => power_limit_ma === 500, 'power')
      await view.getByLabel('White LEDs').selectOption('accurate')
      await until(({ white_channel }) => white_channel === 'accurate', 'white LEDs')
      await view.getByLabel('Finer steps by dithering').check()
      await until(({ dithering }) => dithering, 'dithering')
      assert.equal(await findViolations(view), [])
      await view.getByRole('button', { name: 'Reset' }).click()
      await until(
        ({ smoothing_ms, dithering, power_limit_ma }) =>
          smoothing_ms === 0 && !dithering && power_limit_ma === null,
        'the defaults',
      )
      assert.equal(problems, [])
    })
  })
})

withChromium('makes one entry of a drag along a slider, which the strip follows', async () => {
  await withDemo(async ({ url }) => {
    const target = await firstTarget(url)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL(`/targets/${target.id}`, url).href)
      await untilLive(view)
      const slider = await view.getByLabel('Brightness').boundingBox()
      if (!slider) throw new Error('no slider')
      const y = slider.y + slider.height / 2
      await view.mouse.move(slider.x + slider.width - 12, y)
      await view.mouse.down()
      for (let part = 9; part >= 2; part -= 1) {
        await view.mouse.move(slider.x + (slider.width * part) / 10, y)
        await view.waitForTimeout(60)
      }
      const brightest = async (): Promise<number> =>
        Math.max(...(await readStrip(url, target)).map((led) => Number.parseInt(led.slice(0, 2), 16)))
      await waitFor(async () => (await brightest()) < 80, 'a darker strip while it is dragged')
      assert.is((await firstTarget(url)).processing.brightness, 1, 'nothing is stored yet')
      await view.mouse.up()
      await waitFor(async () => (await firstTarget(url)).processing.brightness < 0.3, 'the new brightness')
      const { entries } = await readLog(url)
      const changes = entries.filter(({ action }) => action === 'entity_updated' || action === 'target_tried')
      assert.equal(
        changes.map(({ action }) => action),
        ['entity_updated'],
      )
      assert.equal(problems, [])
    })
  })
})

withChromium('keeps the lights as a scene, brings it back, renames and forgets it', async () => {
  await withSharedDemo(async ({ url }) => {
    const target = await firstTarget(url)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, url)
      await untilLive(view)
      await view.getByRole('button', { name: 'Keep as a scene' }).click()
      const dialog = view.getByRole('dialog')
      await dialog.getByLabel('Name').fill('Film night')
      await dialog.getByRole('button', { name: 'Save' }).click()
      const scene = view.getByRole('button', { name: 'Film night', exact: true })
      await scene.waitFor()

      await callOk(url, 'POST', `/api/v1/targets/${target.id}/stop`)
      await callOk(url, 'PUT', `/api/v1/targets/${target.id}`, { processing: { brightness: 0.2 } })
      await scene.click()
      await waitFor(async () => {
        const { state, processing } = await firstTarget(url)
        return state === 'running' && processing.brightness === 1
      }, 'the scene')
      const [entry] = await waitForEntries(url, 'scene_applied', 1)
      assert.match(entry?.message ?? '', 'The scene "Film night" was switched on: 1 started')

      await view.getByRole('button', { name: 'Change Film night' }).click()
      await dialog.getByLabel('Name').fill('Cinema')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await view.getByRole('button', { name: 'Cinema', exact: true }).waitFor()
      assert.equal(await findViolations(view), [])
      await view.getByRole('button', { name: 'Change Cinema' }).click()
      await dialog.getByRole('button', { name: 'Forget the scene' }).click()
      const question = view.getByRole('dialog', { name: 'Delete Cinema' })
      await question.getByText('The lights stay as they are.').waitFor()
      await question.getByRole('button', { name: 'Forget the scene' }).click()
      await view.getByRole('button', { name: 'Cinema', exact: true }).waitFor({ state: 'detached' })
      assert.equal((await callOk(url, 'GET', '/api/v1/scenes')) as unknown as readonly Scene[], [])
      assert.equal(problems, [])
    })
  })
})

page.after(closeBrowser)
page.after(stopSharedDemo)
page.run()
