// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Device } from '../../src/protocol/api-devices.ts'
import type { Target } from '../../src/protocol/api-targets.ts'
import { callOk, waitForEntries } from '../support/api.ts'
import { closeBrowser, openPage, untilLive, withBrowser } from '../support/browser.ts'
import { withDemo } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'
import { waitFor } from '../support/wait-for.ts'

const page = suite('page, lights')
const withChromium = (name: string, test: () => Promise<void>): void =>
  testWith(page, ['chromium'], name, test)

async function readTargets(url: string): Promise<readonly Target[]> {
  return (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly Target[]
}

async function readDevices(url: string): Promise<readonly Device[]> {
  return (await callOk(url, 'GET', '/api/v1/devices')) as unknown as readonly Device[]
}

/** How many LEDs of a virtual controller are lit. */
async function countLit(device: Device | undefined): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${device?.port}/json/live`)
  const { leds } = (await response.json()) as { readonly leds: readonly string[] }
  return leds.filter((led) => led.toLowerCase() !== '000000').length
}

withChromium('adds a found controller with one click, and a light for it', async () => {
  await withDemo(async ({ url }) => {
    await waitForEntries(url, 'device_discovered', 2)
    const [target] = await readTargets(url)
    const device = (await readDevices(url)).find(({ id }) => id === target?.device_id)
    await callOk(url, 'DELETE', `/api/v1/targets/${target?.id}`)
    await callOk(url, 'DELETE', `/api/v1/devices/${device?.id}`)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/devices', url).href)
      await untilLive(view)
      // Other demos on this machine are found as well.
      const line = view.locator('.found .device-line', {
        hasText: `${device?.name} ${device?.mac?.slice(-4)}`,
      })
      await line.getByRole('button', { name: 'Add' }).click()
      await view
        .getByText(/was added\.$/)
        .first()
        .waitFor()
      await line.waitFor({ state: 'detached' })
      const added = (await readDevices(url)).find(({ mac }) => mac === device?.mac)
      assert.is(added?.led_count, device?.led_count, 'it told how many LEDs it has')

      await view.goto(new URL('/targets', url).href)
      await view.getByRole('button', { name: 'Add a light' }).click()
      const form = view.getByRole('dialog', { name: 'Add a light' })
      await form.getByLabel('Device').selectOption(added?.id ?? '')
      await form.getByRole('button', { name: 'Save' }).click()
      await form.getByText('must not be empty').waitFor()
      assert.is(await form.getByLabel('Name').getAttribute('aria-invalid'), 'true')
      assert.is(await form.locator('[name=name]:focus').count(), 1, 'the field at fault has the focus')
      await form.getByLabel('Name').fill('Shelf')
      await form.getByRole('button', { name: 'Save' }).click()
      await view.getByRole('heading', { name: 'Shelf', level: 1 }).waitFor()
      await view.getByRole('button', { name: /^Start/ }).click()
      await waitFor(async () => (await countLit(added)) > 0, 'the strip to light up')
      // The browser notes each refused request; that one was meant.
      assert.equal(
        problems.filter((problem) => !problem.includes('400')),
        [],
      )
    })
  })
})

withChromium('moves the LEDs of the strip as a corner is dragged', async () => {
  await withDemo(async ({ url }) => {
    const [target] = await readTargets(url)
    const device = (await readDevices(url)).find(({ id }) => id === target?.device_id)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL(`/targets/${target?.id}`, url).href)
      await untilLive(view)
      const corner = view.getByRole('button', { name: /^Top left corner/ })
      const stage = await view.locator('.layout-handles:not(.gaps)').boundingBox()
      const from = await corner.boundingBox()
      if (!stage || !from) throw new Error('no handles')
      await view.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
      await view.mouse.down()
      // Half way down the left edge: half of its LEDs go to the top.
      await view.mouse.move(stage.x, stage.y + stage.height / 2, { steps: 8 })
      await view.mouse.up()
      const countOf = (layout: Target['layout'] | undefined, edge: string): number =>
        (layout?.type === 'strip' ? layout.segments : []).reduce(
          (sum, one) => sum + (one.edge === edge ? one.led_count : 0),
          0,
        )
      const left = countOf(target?.layout, 'left')
      await waitFor(async () => {
        const [now] = await readTargets(url)
        return countOf(now?.layout, 'left') === left / 2
      }, 'the layout to be stored')
      assert.is(await view.getByLabel('Left', { exact: true }).inputValue(), String(left / 2))

      // Fewer LEDs in the layout: the others go dark on the strip itself.
      const all = await countLit(device)
      await view.getByLabel('Bottom', { exact: true }).fill('0')
      await view.getByLabel('Bottom', { exact: true }).blur()
      await waitFor(async () => (await countLit(device)) < all - 20, 'the bottom to go dark')

      await corner.focus()
      await view.keyboard.press('ArrowRight')
      await waitFor(async () => {
        const [now] = await readTargets(url)
        return countOf(now?.layout, 'left') === left / 2 + 1
      }, 'the arrow key to move one LED')
      assert.equal(problems, [])
    })
  })
})

page.after(closeBrowser)
page.run()
