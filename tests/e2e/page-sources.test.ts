// shares the machine
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SourceWithCapture } from '../../src/protocol/api-sources.ts'
import { callOk } from '../support/api.ts'
import { findViolations } from '../support/axe.ts'
import { closeBrowser, openPage, untilLive, withBrowser } from '../support/browser.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { makeFilm } from '../support/film.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'
import { tempDir } from '../support/temp-dir.ts'

const page = suite('page, sources')

async function readSources(url: string): Promise<readonly SourceWithCapture[]> {
  return (await callOk(url, 'GET', '/api/v1/sources')) as unknown as readonly SourceWithCapture[]
}

testWith(page, ['chromium'], 'adds a source of every type, and changes it', async () => {
  await withInProcess(async ({ url }) => {
    await withBrowser(async (browser) => {
      const expected = /the server responded with a status of 400/
      const { page: view, problems } = await openPage(browser, new URL('/sources', url).href, { expected })
      await untilLive(view)
      const dialog = view.getByRole('dialog')
      const begin = async (name: string, type: string): Promise<void> => {
        await view.getByRole('button', { name: 'Add a source' }).click()
        await dialog.getByLabel('Type').selectOption(type)
        await dialog.getByLabel('Name').fill(name)
      }
      const save = async (): Promise<void> => {
        await dialog.getByRole('button', { name: 'Save' }).click()
        await dialog.waitFor({ state: 'detached' })
      }

      await begin('TV', 'screen')
      await dialog.getByLabel('Left').fill('100')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.getByText('expected number').first().waitFor()
      for (const [label, value] of [
        ['Top', '0'],
        ['Width', '640'],
        ['Height', '360'],
      ] as const) {
        await dialog.getByLabel(label).fill(value)
      }
      await save()

      await begin('Webcam', 'camera')
      await dialog.getByLabel('Camera', { exact: true }).fill('/dev/video2')
      await save()

      await begin('Film', 'video')
      await dialog.getByLabel('File or address').fill('concat:/etc/passwd')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.getByText('must be the absolute path of a file').waitFor()
      await dialog.getByLabel('File or address').fill('http://ada:sesame@127.0.0.1/film.mkv')
      await dialog.getByLabel('Begin anew at the end').uncheck()
      await save()
      assert.is(await view.getByText('sesame').count(), 0)

      await begin('Red', 'color')
      await dialog.getByLabel('Colour', { exact: true }).fill('#ff0000')
      await save()

      await begin('Sunset', 'gradient')
      await dialog.getByRole('button', { name: 'Add a colour' }).click()
      await dialog.getByLabel('At, in per cent').nth(1).fill('40')
      await dialog.getByLabel('Angle in degrees').fill('90')
      assert.equal(await findViolations(view), [])
      await save()

      await begin('Camp fire', 'effect')
      await dialog.locator('[name=effect]').selectOption('fire')
      await dialog.getByRole('button', { name: 'Remove the last' }).click()
      await save()

      const made = (await readSources(url)).map(
        ({ id: _id, created_at: _createdAt, capture: _capture, ...settings }) => settings,
      )
      assert.equal(made, [
        {
          name: 'TV',
          type: 'screen',
          display: null,
          backend: 'auto',
          region: { left: 100, top: 0, width: 640, height: 360 },
          fps: 60,
        },
        { name: 'Webcam', type: 'camera', device: '/dev/video2', size: null, fps: 30 },
        {
          name: 'Film',
          type: 'video',
          location: 'http://ada:***@127.0.0.1/film.mkv',
          loop: false,
          fps: 30,
        },
        { name: 'Red', type: 'color', color: '#ff0000' },
        {
          name: 'Sunset',
          type: 'gradient',
          stops: [
            { at: 0, color: '#ff8000' },
            { at: 0.4, color: '#0080ff' },
            { at: 1, color: '#ffffff' },
          ],
          angle_degrees: 90,
        },
        { name: 'Camp fire', type: 'effect', effect: 'fire', speed: 1, colors: ['#ff8000'], fps: 30 },
      ])

      await view.getByRole('button', { name: 'Change TV' }).click()
      await dialog.getByLabel('Frames per second').fill('25')
      for (const label of ['Left', 'Top', 'Width', 'Height']) await dialog.getByLabel(label).fill('')
      await save()
      const [tv] = await readSources(url)
      assert.equal(tv?.type === 'screen' && [tv.region, tv.fps], [null, 25])
      assert.equal(await findViolations(view), [])
      assert.equal(problems, [])
    })
  })
})

testWith(page, ['chromium', 'ffmpeg'], 'says which source gives no pictures, and why', async () => {
  await withInProcess(async ({ url }) => {
    const location = join(tempDir(), 'film.mp4')
    const source = await addSource(url, { name: 'Film', type: 'video', location, fps: 30 })
    const { id } = await addTarget(url, await addDevice(url), source)
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, new URL('/sources', url).href)
      await untilLive(view)
      await view.getByText('Not in use').waitFor()
      await callOk(url, 'POST', `/api/v1/targets/${id}/start`)
      await view.getByText('No pictures').waitFor()
      await view.getByText('No such file').waitFor()
      assert.equal(await findViolations(view), [])
      for (const path of ['/', `/targets/${id}`]) {
        await view.goto(new URL(path, url).href)
        await view.getByText('No such file').first().waitFor()
        assert.equal(await findViolations(view), [])
      }
      await view.goto(new URL('/sources', url).href)
      makeFilm(location, { width: 64, height: 36, rate: '30', seconds: 2, colorFrames: 30 })
      await view.getByText('Gives pictures').waitFor()
      await callOk(url, 'POST', `/api/v1/targets/${id}/stop`)
      await view.getByText('Not in use').waitFor()
      assert.equal(problems, [])
    })
  })
})

page.after(closeBrowser)

page.run()
