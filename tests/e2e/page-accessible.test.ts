// shares the machine
// deadline: 120 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callOk } from '../support/api.ts'
import { findViolations } from '../support/axe.ts'
import { closeBrowser, openPage, untilLive, withBrowser } from '../support/browser.ts'
import { stopSharedDemo, withInProcess, withSharedDemo } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'

const page = suite('page, for everybody')
const withChromium = (name: string, test: () => Promise<void>): void =>
  testWith(page, ['chromium'], name, test)

withChromium('has no violation that axe finds, on any page, in either theme', async () => {
  await withSharedDemo(async ({ url }) => {
    const targets = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly { id: string }[]
    const pages = [
      '/',
      '/activity',
      '/devices',
      '/sources',
      '/targets',
      `/targets/${targets[0]?.id}`,
      '/settings',
    ]
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, url, { reducedMotion: 'reduce' })
      const checkInBothThemes = async (what: string): Promise<void> => {
        for (const colorScheme of ['dark', 'light'] as const) {
          await view.emulateMedia({ colorScheme })
          assert.equal(await findViolations(view), [], `${what} ${colorScheme}`)
        }
      }
      for (const path of pages) {
        await view.goto(new URL(path, url).href)
        await untilLive(view)
        await view.getByRole('heading', { level: 1 }).waitFor()
        if (path === '/activity') {
          await view.getByText('Filters', { exact: true }).click()
          await view.locator('.entry-row').first().click()
          await view.getByRole('dialog', { name: 'Entry' }).waitFor()
        }
        if (path.startsWith('/targets/')) await view.getByText('More', { exact: true }).click()
        await checkInBothThemes(path)
      }
      await view.keyboard.press('?')
      await view.getByRole('dialog', { name: 'Keyboard' }).waitFor()
      await checkInBothThemes('keyboard')
      assert.equal(problems, [])
    })
  })
})

withChromium('asks for a key without a violation', async () => {
  await withInProcess(async ({ url }) => {
    await callOk(url, 'POST', '/api/v1/keys', { label: 'alice', role: 'admin' })
    await withBrowser(async (browser) => {
      const { page: view } = await openPage(browser, url)
      await view.getByLabel('API key').waitFor()
      assert.equal(await findViolations(view), [])
    })
  })
})

withChromium('speaks each language, chosen by the browser or by hand', async () => {
  const words = {
    'en-US': ['Activity', 'The source "Cinema" was added.'],
    'de-AT': ['Aktivität', 'Die Quelle „Cinema“ wurde hinzugefügt.'],
    'ru-RU': ['Журнал', 'Добавлен источник «Cinema».'],
    'zh-CN': ['活动', '已添加来源“Cinema”。'],
    'fr-FR': ['Activity', 'The source "Cinema" was added.'],
  }
  await withInProcess(async ({ url }) => {
    await callOk(url, 'POST', '/api/v1/sources', { name: 'Cinema', type: 'testcard' })
    await withBrowser(async (browser) => {
      for (const [locale, [title, entry]] of Object.entries(words)) {
        const {
          page: view,
          context,
          problems,
        } = await openPage(browser, new URL('/activity', url).href, { locale })
        await view.getByRole('heading', { name: title ?? '', level: 1 }).waitFor()
        await view.getByText(entry ?? '').waitFor()
        assert.equal(problems, [])
        await context.close()
      }
      const { page: view } = await openPage(browser, new URL('/settings', url).href)
      await view.getByLabel('Language').selectOption('de')
      await view.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor()
      assert.is(await view.evaluate('document.documentElement.lang'), 'de')
      await view.reload()
      await view.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor()
    })
  })
})

withChromium('fits a phone of 360 px: nothing is pushed out on any page', async () => {
  await withSharedDemo(async ({ url }) => {
    const targets = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly { id: string }[]
    await withBrowser(async (browser) => {
      const { page: view } = await openPage(browser, url, {
        viewport: { width: 360, height: 740 },
        locale: 'de-DE',
      })
      for (const path of [
        '/',
        '/activity',
        '/devices',
        '/sources',
        '/targets',
        `/targets/${targets[0]?.id}`,
        '/settings',
      ]) {
        await view.goto(new URL(path, url).href)
        await untilLive(view)
        await view.getByRole('heading', { level: 1 }).waitFor()
        const wide = await view.evaluate<number>(
          `Math.max(document.documentElement.scrollWidth, document.querySelector('#main').scrollWidth)`,
        )
        assert.ok(wide <= 360, `${path}: ${wide} px`)
      }
    })
  })
})

page.after(closeBrowser)
page.after(stopSharedDemo)
page.run()
