/**
 * Pictures of every page for the documents: `npm run screenshots`. Against a demo server of its own, at
 * three widths and in both themes. It finds other demos of this machine, too; to be alone:
 * `unshare -rn sh -c 'ip link set lo up; npm run screenshots'`
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import type { Target } from '../src/protocol/api-targets.ts'
import { callOk, waitForEntries } from '../tests/support/api.ts'
import { launchBrowser, openPage } from '../tests/support/browser.ts'
import { type ServerProcess, withServer } from '../tests/support/server-process.ts'
import { makeHistory } from './history.ts'

const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url))
const SIZES = [
  { name: '360', width: 360, height: 780 },
  { name: '1024', width: 1024, height: 768 },
  { name: '1920', width: 1920, height: 1080 },
] as const
const THEMES = ['dark', 'light'] as const

mkdirSync(folder, { recursive: true })
await withServer(['--demo', '--data-dir', await makeHistory(Date.now())], takeAll)

async function takeAll({ url }: ServerProcess): Promise<void> {
  await waitForEntries(url, 'target_started', 2)
  const targetId = await actNow(url)
  const paths = {
    overview: '/',
    activity: '/activity',
    devices: '/devices',
    sources: '/sources',
    lights: '/targets',
    light: `/targets/${targetId}`,
    settings: '/settings',
  }
  const wanted = process.argv.slice(2)
  const browser = await launchBrowser()
  for (const theme of THEMES) {
    for (const { name: size, width, height } of SIZES) {
      const { page, context } = await openPage(browser, url, {
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: 'reduce',
      })
      for (const [name, path] of Object.entries(paths)) {
        if (wanted.length > 0 && !wanted.includes(name)) continue
        await page.goto(new URL(path, url).href)
        await untilShown(page)
        await page.setViewportSize({ width, height: name === 'light' ? await openAll(page, height) : height })
        await page.screenshot({ path: `${folder}${name}-${size}-${theme}.jpg`, type: 'jpeg', quality: 85 })
      }
      await context.close()
    }
  }
  await browser.close()
}

/** What happens while the pictures are made. Returns the id of a target. */
async function actNow(url: string): Promise<string> {
  const targets = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly Target[]
  const [first, second] = targets
  if (!first || !second) throw new Error('the demo has no targets')
  await callOk(url, 'POST', '/api/v1/sources', { name: 'Living room screen', type: 'screen', display: ':0' })
  await callOk(url, 'PUT', `/api/v1/targets/${first.id}`, {
    name: 'TV backlight',
    processing: { brightness: 0.85, color_temperature_k: 4_500 },
    layout: { ...first.layout, gaps: [{ edge: 'bottom', start_percent: 40, end_percent: 60 }] },
  })
  await callOk(url, 'PUT', `/api/v1/targets/${second.id}`, { name: 'Desk glow' })
  for (const name of ['Film night', 'Reading', 'Closing time'])
    await callOk(url, 'POST', '/api/v1/scenes', { name })
  await callOk(url, 'POST', `/api/v1/targets/${second.id}/stop`)
  await callOk(url, 'POST', `/api/v1/targets/${second.id}/start`)
  await fetch(new URL('/api/v1/targets', url), { headers: { authorization: 'Bearer lg_guessed' } })
  await callOk(url, 'POST', '/api/v1/activity-log/verify', {})
  return first.id
}

/** Opens what is folded. Returns the height that shows all of the page. */
async function openAll(page: Page, height: number): Promise<number> {
  await page.getByText('More', { exact: true }).click()
  const hidden = await page
    .locator('#main')
    .evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)
  return height + hidden
}

/** Until fonts, data and the first colours are there. */
async function untilShown(page: Page): Promise<void> {
  await page.locator('.nav-state[data-state=live]').waitFor({ state: 'attached' })
  await page.waitForLoadState('networkidle')
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)))
}
