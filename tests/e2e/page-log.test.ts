// shares the machine
// deadline: 120 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CATEGORIES } from '../../src/protocol/activity.ts'
import { callOk } from '../support/api.ts'
import { closeBrowser, openPage, untilLive, withBrowser } from '../support/browser.ts'
import { fillDataDir } from '../support/filled-data-dir.ts'
import { scrollToEnd } from '../support/in-page.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'
import { waitFor } from '../support/wait-for.ts'

const page = suite('page, log')
const withChromium = (name: string, test: () => Promise<void>): void =>
  testWith(page, ['chromium'], name, test)

const HOUR_MS = 3_600_000
const HOSTILE_NAME = `<img src=x onerror="window.hacked=1">\u05d0\u05d1 ${'x'.repeat(120)}`

withChromium('filters on the server, searches as one types, and keeps both in the address', async () => {
  await withInProcess(async ({ url }) => {
    await callOk(url, 'POST', '/api/v1/sources', { name: 'Cinema', type: 'testcard' })
    await callOk(url, 'POST', '/api/v1/sources', { name: 'Bar', type: 'testcard' })
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/activity', url).href)
      await untilLive(view)
      await view.getByText('The source "Bar" was added.').waitFor()
      await view.getByRole('searchbox').fill('cinem')
      await view.getByText('1 entry', { exact: true }).waitFor()
      assert.is(await view.locator('.entry-row').count(), 1)
      assert.is(new URL(view.url()).searchParams.get('q'), 'cinem')
      await view.reload()
      await view.getByText('1 entry', { exact: true }).waitFor()
      assert.is(await view.getByRole('searchbox').inputValue(), 'cinem')

      await view.getByRole('searchbox').fill('')
      await view.getByRole('button', { name: 'Errors' }).click()
      await view.getByText('Nothing matches.').waitFor()
      await waitFor(
        () => new URL(view.url()).search === '?severities=error',
        'the search to leave the address',
      )
      await view.getByRole('button', { name: 'All', exact: true }).click()
      await view.getByText('Filters', { exact: true }).click()
      for (const category of CATEGORIES.filter((name) => name !== 'system')) {
        await view.locator(`.more-filters .chip[data-category=${category}]`).click()
      }
      assert.is(new URL(view.url()).searchParams.get('categories'), 'auth,device,entity,capture')
      await waitFor(
        async () => (await view.locator('.entry-row .badge[data-category=system]').count()) === 0,
        'the system entries to go',
      )
      assert.is(await view.getByText('The source "Bar" was added.').count(), 1)
      assert.equal(problems, [])
    })
  })
})

withChromium('shows what changed, and leads to everything else about the same thing', async () => {
  await withInProcess(async ({ url }) => {
    const source = await callOk(url, 'POST', '/api/v1/sources', { name: 'Cinema', type: 'testcard' })
    await callOk(url, 'PUT', `/api/v1/sources/${source.id}`, { fps: 12 })
    await callOk(url, 'POST', '/api/v1/sources', { name: 'Bar', type: 'testcard' })
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/activity', url).href)
      await view.locator('.entry-row', { hasText: '"Cinema" was changed' }).click()
      const detail = view.getByRole('dialog', { name: 'Entry' })
      await detail.getByRole('row', { name: 'fps 30 12' }).waitFor()
      assert.match(view.url(), /entry=al_[0-9a-f]{8}/)
      const shared = view.url()
      await detail.getByRole('link', { name: 'Cinema' }).click()
      await view.getByText('2 entries', { exact: true }).waitFor()
      assert.is(new URL(view.url()).searchParams.get('entity_id'), source.id)

      await view.goto(shared)
      await detail.getByRole('row', { name: 'fps 30 12' }).waitFor()
      await view.keyboard.press('Escape')
      await detail.waitFor({ state: 'detached' })
      assert.equal(problems, [])
    })
  })
})

withChromium('narrows the time by a drag across the chart', async () => {
  const nowMs = Date.now()
  let atMs = 0
  const dataDir = await fillDataDir(200, {
    details: (n) => {
      atMs = nowMs - (200 - n) * (HOUR_MS / 20)
      return { message: `entry ${n}` }
    },
    recorder: { nowMs: () => atMs },
  })
  await withInProcess(
    async ({ url }) => {
      await withBrowser(async (browser) => {
        const { page: view, problems } = await openPage(browser, new URL('/activity', url).href)
        await untilLive(view)
        const plot = view.locator('.chart .u-over')
        const box = await plot.boundingBox()
        if (!box) throw new Error('no chart')
        await view.mouse.move(box.x + box.width * 0.4, box.y + 30)
        await view.mouse.down()
        await view.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 4 })
        await view.mouse.up()
        await waitFor(() => new URL(view.url()).searchParams.has('until'), 'the address to have a range')
        const { searchParams } = new URL(view.url())
        const since = Date.parse(searchParams.get('since') ?? '')
        const until = Date.parse(searchParams.get('until') ?? '')
        assert.is(since % HOUR_MS, 0)
        assert.ok(until - since >= HOUR_MS && until - since <= 6 * HOUR_MS, `${until - since} ms`)
        const { total } = await callOk(url, 'GET', `/api/v1/activity-log?${searchParams}`)
        await view.getByText(`${total} entries`, { exact: true }).waitFor()
        assert.ok(Number(total) > 0 && Number(total) < 200)
        await view.locator('.pins .chip').click()
        await waitFor(() => !new URL(view.url()).searchParams.has('since'), 'the range to go')
        assert.equal(problems, [])
      })
    },
    { dataDir },
  )
})

withChromium('scrolls through 20,000 entries without slowing down', async () => {
  const dataDir = await fillDataDir(20_000)
  await withInProcess(
    async ({ url }) => {
      await withBrowser(async (browser) => {
        const { page: view, problems } = await openPage(browser, new URL('/activity', url).href)
        await view.locator('.entry-row').first().waitFor()
        const { frames, mostRows } = await scrollToEnd(view)
        const sorted = [...frames].sort((a, b) => a - b)
        const median = sorted[Math.floor(sorted.length / 2)] ?? 0
        const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0
        console.log(
          `${frames.length} frames, median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, at most ${mostRows} rows`,
        )
        assert.ok(mostRows < 80, `${mostRows} rows in the document`)
        assert.ok(median <= 40 && p95 <= 150, `median ${median} ms, p95 ${p95} ms`)
        await view.getByText('entry 1', { exact: true }).waitFor()
        assert.equal(problems, [])
      })
    },
    { dataDir },
  )
})

withChromium('moves with the keyboard', async () => {
  await withInProcess(async ({ url }) => {
    for (const name of ['one', 'two', 'three'])
      await callOk(url, 'POST', '/api/v1/sources', { name, type: 'testcard' })
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, url)
      await untilLive(view)
      await view.keyboard.press('g')
      await view.keyboard.press('a')
      await view.getByText('The source "three" was added.').waitFor()
      assert.is(new URL(view.url()).pathname, '/activity')
      await view.keyboard.press('j')
      await view.keyboard.press('j')
      const second = await view.locator('.entry-row').nth(1).getAttribute('data-id')
      assert.is(await view.locator('.entry-row:focus').getAttribute('data-id'), second)
      await view.keyboard.press('k')
      const first = await view.locator('.entry-row').nth(0).getAttribute('data-id')
      assert.is(await view.locator('.entry-row:focus').getAttribute('data-id'), first)
      await view.keyboard.press('Enter')
      await view.getByRole('dialog', { name: 'Entry' }).waitFor()
      await view.keyboard.press('Escape')
      await view.getByRole('dialog', { name: 'Entry' }).waitFor({ state: 'detached' })
      await view.keyboard.press('/')
      await view.locator('#log-search:focus').waitFor()
      await view.keyboard.type('gd?')
      assert.is(new URL(view.url()).pathname, '/activity', 'what is typed into a field stays there')
      await view.locator('#log-search').blur()
      await view.keyboard.press('?')
      await view.getByRole('dialog', { name: 'Keyboard' }).waitFor()
      assert.equal(problems, [])
    })
  })
})

withChromium('shows hostile text as text', async () => {
  await withInProcess(async ({ url }) => {
    await callOk(url, 'POST', '/api/v1/sources', { name: HOSTILE_NAME, type: 'testcard' })
    await callOk(url, 'POST', '/api/v1/devices', {
      name: '"><script>window.hacked=1</script>',
      type: 'ddp',
      address: '127.0.0.1',
      led_count: 1,
    })
    // 10 kB and marks that turn the direction of text, in a header that entries keep.
    await fetch(new URL('/api/v1/targets', url), {
      headers: { authorization: `Bearer ${'<b>x</b>'.repeat(1_250)}`, 'user-agent': '<svg onload=hacked=1>' },
    })
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/activity', url).href)
      await view.locator('.entry-row', { hasText: '<img src=x' }).click()
      await view.getByRole('dialog', { name: 'Entry' }).getByText('<img src=x').first().waitFor()
      for (const path of ['/', '/sources', '/devices', '/targets']) {
        await view.goto(new URL(path, url).href)
        await untilLive(view)
      }
      await view.goto(new URL(`/activity?q=${encodeURIComponent('<img src=x onerror=hacked=1>')}`, url).href)
      await untilLive(view)
      assert.is(await view.evaluate('window.hacked'), undefined)
      assert.is(await view.locator('main img, main script').count(), 0)
      const overflow = await view.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      assert.ok(overflow <= 0, 'nothing is pushed out of the page')
      assert.equal(problems, [])
    })
  })
})

page.after(closeBrowser)
page.run()
