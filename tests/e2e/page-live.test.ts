import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Device } from '../../src/protocol/api-devices.ts'
import type { Target } from '../../src/protocol/api-targets.ts'
import { callOk, waitForEntries } from '../support/api.ts'
import { closeBrowser, openPage, untilLive, withBrowser } from '../support/browser.ts'
import { readEntryIds, readPreview, scrollMain, whenNewest } from '../support/in-page.ts'
import { startInProcess, stopSharedDemo, withSharedDemo } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const page = suite('page, live')
const withChromium = (name: string, test: () => Promise<void>): void =>
  testWith(page, ['chromium'], name, test)

const WITHIN_MS = 200

withChromium('shows an entry caused in one browser in another within 200 ms', async () => {
  await withSharedDemo(async ({ url }) => {
    await withBrowser(async (browser) => {
      const watching = await openPage(browser, new URL('/activity', url).href)
      const acting = await openPage(browser, new URL('/targets', url).href)
      await untilLive(watching.page)
      await watching.page.locator('.entry-row').first().waitFor()
      const delays: number[] = []
      for (const [label, action] of [
        ['Stop', 'stopped and its controller'],
        ['Start', 'began to light'],
      ] as const) {
        const shown = whenNewest(watching.page, action)
        await acting.page.getByRole('button', { name: `${label} Demo TV` }).click()
        const shownMs = await shown
        const [entry] = await waitForEntries(url, label === 'Stop' ? 'target_stopped' : 'target_started', 1)
        delays.push(shownMs - Date.parse(entry?.ts ?? ''))
      }
      assert.ok(
        delays.every((delay) => delay <= WITHIN_MS),
        `ms from entry to picture: ${delays.join(', ')}`,
      )
      assert.equal([...watching.problems, ...acting.problems], [])
    })
  })
})

withChromium('waits with new entries while somebody reads further down, and does not jump', async () => {
  await withSharedDemo(async ({ url }) => {
    for (let n = 0; n < 30; n += 1)
      await callOk(url, 'POST', '/api/v1/sources', { name: `Source ${n}`, type: 'testcard' })
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/activity', url).href)
      await untilLive(view)
      await view.locator('.entry-row').first().waitFor()
      await scrollMain(view, 900)
      const row = view.locator('.entry-row').nth(12)
      const text = await row.textContent()
      const topBefore = (await row.boundingBox())?.y
      for (const name of ['one more', 'another'])
        await callOk(url, 'POST', '/api/v1/sources', { name, type: 'testcard' })
      await view.getByRole('button', { name: /^\d+ new entries$/ }).waitFor()
      assert.is(await row.textContent(), text)
      assert.is((await row.boundingBox())?.y, topBefore, 'nothing moved')
      await view.getByRole('button', { name: /^\d+ new entries$/ }).click()
      await view.getByText('The source "another" was added.').waitFor()
      assert.equal(problems, [])
    })
  })
})

withChromium(
  'comes back after a restart of the server without gap or duplicate, and says so meanwhile',
  async () => {
    const dataDir = tempDir()
    const first = await startInProcess({ dataDir })
    const { port } = new URL(first.url)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/activity', first.url).href, {
        expected: /WebSocket connection|ERR_CONNECTION_REFUSED|status of 503/,
      })
      await untilLive(view)
      await callOk(first.url, 'POST', '/api/v1/sources', { name: 'before', type: 'testcard' })
      await view.getByText('The source "before" was added.').waitFor()
      await first.stop()
      await view.getByText('The connection to the server is lost').waitFor()
      const second = await startInProcess({ dataDir, server: { port: Number(port) } })
      try {
        await callOk(second.url, 'POST', '/api/v1/sources', { name: 'after', type: 'testcard' })
        await untilLive(view)
        await view.getByText('The source "after" was added.').waitFor()
        assert.not.ok(await view.getByText('The connection to the server is lost').isVisible())
        const shown = await readEntryIds(view)
        assert.is(new Set(shown).size, shown.length, 'none twice')
        const page = (await callOk(second.url, 'GET', '/api/v1/activity-log?limit=200')) as unknown as {
          entries: readonly { id: string }[]
        }
        await waitFor(async () => {
          const ids = await readEntryIds(view)
          return page.entries.every(({ id }) => ids.includes(id))
        }, 'every entry to be shown')
        assert.equal(problems, [])
      } finally {
        await second.stop()
      }
    })
  },
)

withChromium('starts and stops a light, and its colours follow', async () => {
  await withSharedDemo(async ({ url }) => {
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, url)
      await untilLive(view)
      const card = view.locator('.target-card').first()
      const picture = (): Promise<string> => readPreview(view)
      await card.waitFor()
      const first = await picture()
      const second = await waitFor(async () => {
        const now = await picture()
        return now !== first && now
      }, 'the colours to move')
      await card.getByRole('button', { name: /^Stop/ }).click()
      await card.getByText('Off').waitFor()
      await waitFor(async () => (await picture()) !== second, 'the colours to go')
      const dark = await picture()
      await card.getByRole('button', { name: /^Start/ }).click()
      await card.getByText('On').waitFor()
      await waitFor(async () => (await picture()) !== dark, 'the colours to come back')
      assert.equal(problems, [])
    })
  })
})

withChromium('dims a light while its slider moves', async () => {
  await withSharedDemo(async ({ url }) => {
    const [target] = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly Target[]
    const devices = (await callOk(url, 'GET', '/api/v1/devices')) as unknown as readonly Device[]
    const device = devices.find(({ id }) => id === target?.device_id)
    const brightest = async (): Promise<number> => {
      const response = await fetch(`http://127.0.0.1:${device?.port}/json/live`)
      const { leds } = (await response.json()) as { readonly leds: readonly string[] }
      return Math.max(
        ...leds.flatMap((led) => [0, 2, 4].map((at) => Number.parseInt(led.slice(at, at + 2), 16))),
      )
    }
    await waitFor(async () => (await brightest()) > 150, 'a bright strip')
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, url)
      await untilLive(view)
      const slider = view.locator('.target-card').first().getByRole('slider', { name: 'Brightness' })
      await slider.focus()
      await slider.press('Home')
      for (let n = 0; n < 10; n += 1) await slider.press('ArrowRight')
      await waitFor(async () => (await brightest()) < 60, 'a dim strip')
      assert.equal(problems, [])
    })
  })
})

page.after(closeBrowser)
page.after(stopSharedDemo)
page.run()
