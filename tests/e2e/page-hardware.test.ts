// shares the machine
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callOk } from '../support/api.ts'
import { findViolations } from '../support/axe.ts'
import { closeBrowser, openPage, untilLive, withBrowser } from '../support/browser.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'

const page = suite('page, hardware')
const withChromium = (name: string, test: () => Promise<void>): void =>
  testWith(page, ['chromium'], name, test)

interface Controller {
  readonly port: number
  setSignal(percent: number): void
  stop(): Promise<void>
}

/** A controller that answers as WLED 0.15 does, until it is stopped. */
async function startController(): Promise<Controller> {
  const wifi = { rssi: -61, signal: 78 }
  const info = { ver: '0.15.0', name: 'Desk', leds: { count: 30 }, wifi }
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(info))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    setSignal: (percent) => {
      wifi.signal = percent
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

withChromium('shows who has nothing yet how to begin, and the demo', async () => {
  await withInProcess(async ({ url }) => {
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, url)
      await view.getByRole('heading', { name: 'Nothing lights up yet' }).waitFor()
      await view.getByText('npm start -- --demo').waitFor()
      assert.equal(await findViolations(view), [])
      await view.getByRole('link', { name: 'Add a device' }).click()
      await view.getByRole('heading', { name: 'Devices', level: 1 }).waitFor()
      assert.equal(problems, [])
    })
  })
})

withChromium('shows how well a controller hears the Wi-Fi, and that it has gone', async () => {
  const controller = await startController()
  await withInProcess(async ({ url }) => {
    await withBrowser(async (browser) => {
      const { page: view, problems } = await openPage(browser, url)
      await untilLive(view)
      const { port } = controller
      const device = { name: 'Desk', type: 'wled', address: '127.0.0.1', port, led_count: 30 }
      await callOk(url, 'POST', '/api/v1/devices', device)
      const line = view.locator('.device-line', { hasText: 'Desk' })
      await line.getByText('Wi-Fi 78 %').waitFor()
      await line.getByText('Online').waitFor()
      controller.setSignal(31)
      await line.getByText('Wi-Fi 31 %').waitFor()
      await controller.stop()
      await line.getByText('Offline').waitFor()
      assert.is(await line.getByText('Wi-Fi').count(), 0)
      assert.equal(problems, [])
    })
  })
})

page.after(closeBrowser)
page.run()
