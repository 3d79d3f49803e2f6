import type { Page } from 'playwright-core'

// Code for the browser is text: the tests' own compiler knows no document, and helpers it weaves into
// functions would be missing over there.

/** Resolves with the browser's clock, ms since 1970, once the newest entry of the timeline contains `text`. */
export async function whenNewest(page: Page, text: string): Promise<number> {
  return await page.evaluate<number>(`new Promise((resolve) => {
    const look = () => {
      const newest = document.querySelector('.entry-message')?.textContent ?? ''
      if (newest.includes(${JSON.stringify(text)})) resolve(Date.now())
    }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
    look()
  })`)
}

/** What the first preview of the page shows. */
export async function readPreview(page: Page): Promise<string> {
  return await page.evaluate<string>(`document.querySelector('canvas.preview-dots').toDataURL()`)
}

/** The ids of the entries that are in the document, in its order. */
export async function readEntryIds(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(
    `[...document.querySelectorAll('.entry-row')].map((row) => row.dataset.id)`,
  )
}

export async function scrollMain(page: Page, topPx: number): Promise<void> {
  await page.evaluate(`document.querySelector('#main').scrollTo(0, ${topPx})`)
}

export interface ScrollFigures {
  /** Times between frames, ms. */
  readonly frames: readonly number[]
  /** The most rows that were in the document at once. */
  readonly mostRows: number
}

/** Scrolls the page down, frame by frame, until the end of the log is in the document. */
export async function scrollToEnd(page: Page): Promise<ScrollFigures> {
  return await page.evaluate<ScrollFigures>(`new Promise((resolve) => {
    const main = document.querySelector('#main')
    const frames = []
    let mostRows = 0
    let before = performance.now()
    const step = (now) => {
      frames.push(now - before)
      before = now
      mostRows = Math.max(mostRows, document.querySelectorAll('.virtual-row').length)
      if (document.querySelector('.timeline-end')) {
        resolve({ frames, mostRows })
        return
      }
      main.scrollTop += 4000
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })`)
}
