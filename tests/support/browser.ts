import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'

/** Debian's, unless `CHROMIUM_PATH` names another. */
const CHROMIUM_PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM_PATH, args: FLAGS })
}

/** A page, and all that went wrong in it. */
export interface WatchedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Console errors, uncaught exceptions, breaches of the content policy, requests elsewhere. */
  readonly problems: readonly string[]
}

/** Opens an address of a server in a profile of its own. Failed answers the test provokes are `expected`. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & { readonly expected?: RegExp } = {},
): Promise<WatchedPage> {
  const { expected, ...contextOptions } = options
  const context = await browser.newContext({ locale: 'en-GB', ...contextOptions })
  const page = await context.newPage()
  const problems: string[] = []
  const note = (problem: string): void => {
    if (!expected?.test(problem)) problems.push(problem)
  }
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) note(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => note(`exception: ${error.stack ?? error.message}`))
  const { host } = new URL(url)
  page.on('request', (request) => {
    const asked = new URL(request.url())
    if (asked.host !== host && asked.protocol !== 'blob:') note(`request to ${asked.host}`)
  })
  await page.goto(url)
  return { page, context, problems }
}

/** One browser per test file: starting it takes a second. */
let shared: Promise<Browser> | undefined

/** Runs `work` with the file's browser; its pages are closed, however that ends. */
export async function withBrowser(work: (browser: Browser) => Promise<void>): Promise<void> {
  shared ??= launchBrowser()
  const browser = await shared
  try {
    await work(browser)
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()))
  }
}

/** For the end of a test file. */
export async function closeBrowser(): Promise<void> {
  await (await shared)?.close()
}

/** Resolves once the page hears the server. */
export async function untilLive(page: Page): Promise<void> {
  await page.locator('.nav-state[data-state=live]').waitFor({ state: 'attached' })
}
