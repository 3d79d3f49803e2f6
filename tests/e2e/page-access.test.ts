// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { NewKey } from '../../src/protocol/api-keys.ts'
import { call, callOk } from '../support/api.ts'
import { closeBrowser, openPage, untilLive, withBrowser } from '../support/browser.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'

const page = suite('page, access')
const withChromium = (name: string, test: () => Promise<void>): void =>
  testWith(page, ['chromium'], name, test)

/** What a browser notes by itself of an answer 401; the tests provoke these. */
const expected = /status of 401/

async function createKey(url: string, label: string, role: string, key?: string): Promise<NewKey> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const { body } = await call(url, 'POST', '/api/v1/keys', { label, role }, headers)
  return body as unknown as NewKey
}

withChromium('lets in who has a key, keeps it as long as asked, and lets go of it', async () => {
  await withInProcess(async ({ url }) => {
    const { key } = await createKey(url, 'alice', 'admin')
    await withBrowser(async (browser) => {
      const { page: view, context, problems } = await openPage(browser, url, { expected })
      await view.getByText('This server needs an API key.').waitFor()
      await view.getByLabel('API key').fill('lg_guessed')
      await view.getByRole('button', { name: 'Log in' }).click()
      await view.getByText('This key is not valid.').waitFor()
      await view.getByLabel('API key').fill(key)
      await view.getByRole('button', { name: 'Log in' }).click()
      await untilLive(view)
      await view.reload()
      await untilLive(view)

      const other = await context.newPage()
      await other.goto(url)
      await other.getByLabel('API key').waitFor()
      await other.getByLabel('API key').fill(key)
      await other.getByLabel('Remember').check()
      await other.getByRole('button', { name: 'Log in' }).click()
      await untilLive(other)
      const third = await context.newPage()
      await third.goto(url)
      await untilLive(third)
      await third.getByRole('button', { name: 'Log out alice' }).click()
      await third.getByText('You have logged out.').waitFor()
      assert.is(await third.evaluate('localStorage.getItem("ledgrab.key")'), null)
      assert.equal(problems, [])
    })
  })
})

withChromium('logs out whose key is revoked, at once', async () => {
  await withInProcess(async ({ url }) => {
    const admin = await createKey(url, 'admin', 'admin')
    const bob = await createKey(url, 'bob', 'viewer', admin.key)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, url, { expected })
      await view.getByLabel('API key').fill(bob.key)
      await view.getByRole('button', { name: 'Log in' }).click()
      await untilLive(view)
      assert.is(await view.getByRole('button', { name: /Start|Stop/ }).count(), 0)
      await call(url, 'DELETE', `/api/v1/keys/${bob.id}`, undefined, { authorization: `Bearer ${admin.key}` })
      await view.getByText('Your key was revoked.').waitFor()
      assert.equal(problems, [])
    })
  })
})

withChromium('goes on with the first key, which it shows once', async () => {
  await withInProcess(async ({ url }) => {
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/settings', url).href, { expected })
      await untilLive(view)
      await view.getByRole('button', { name: 'Create a key' }).click()
      const form = view.getByRole('dialog', { name: 'Create a key' })
      await form.getByLabel('For whom').fill('alice')
      await form.getByRole('button', { name: 'Create a key' }).click()
      const shown = view.getByRole('dialog', { name: 'Key of alice' })
      const key = await shown.locator('code').textContent()
      assert.match(key ?? '', /^lg_/)
      await shown.getByRole('button', { name: 'I have kept it' }).click()
      await untilLive(view)
      await view.getByRole('button', { name: 'Log out alice' }).waitFor()
      const answer = await call(url, 'GET', '/api/v1/keys', undefined, { authorization: `Bearer ${key}` })
      assert.is(answer.status, 200)
      assert.is((await call(url, 'GET', '/api/v1/keys')).status, 401)
      assert.equal(problems, [])
    })
  })
})

withChromium('changes, checks and clears the log for an admin', async () => {
  await withInProcess(async ({ url }) => {
    for (let n = 0; n < 150; n += 1)
      await callOk(url, 'POST', '/api/v1/sources', { name: `Source ${n}`, type: 'testcard' })
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/settings', url).href, {
        expected: /status of 400/,
      })
      await untilLive(view)
      await view.getByText('With these limits nothing would be removed now.').waitFor()
      await view.getByLabel('Keep at most entries').fill('100')
      await view.getByText(/With these limits \d+ entries would be removed\./).waitFor()
      await view.getByLabel('Keep for days').fill('many')
      await view.locator('.field-problem', { hasText: /./ }).waitFor()
      await view.getByLabel('Keep for days').fill('30')
      await view.getByText(/would be removed\./).waitFor()
      await view.getByRole('button', { name: 'Save' }).click()
      await view.getByText('Saved.').waitFor()
      assert.equal(await callOk(url, 'GET', '/api/v1/activity-log/settings'), {
        enabled: true,
        max_days: 30,
        max_entries: 100,
      })
      await view.getByRole('button', { name: 'Check the log' }).click()
      await view.getByText(/all as they were written/).waitFor()
      await view.getByLabel('Record what happens').uncheck()
      await view.getByText('Nothing is recorded while this is off.').waitFor()
      await view.getByLabel('Record what happens').check()
      await view.getByRole('button', { name: 'Clear the log' }).click()
      await view.getByRole('button', { name: 'Remove all entries' }).click()
      await view.getByText(/entries were removed\.$/).waitFor()
      const { entries } = (await callOk(url, 'GET', '/api/v1/activity-log')) as unknown as {
        entries: readonly { action: string }[]
      }
      assert.is(entries.at(-1)?.action, 'activity_log_cleared')
      assert.equal(problems, [])
    })
  })
})

page.after(closeBrowser)
page.run()
