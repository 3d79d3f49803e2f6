import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toChartData } from '../../../src/web/activity/chart-data.ts'
import { toRows } from '../../../src/web/activity/feed-rows.ts'
import type { FeedItem } from '../../../src/web/activity/log-feed.ts'
import { LatestSender } from '../../../src/web/lib/latest.ts'
import { fromLocalInput, startOfDay, TimeFormat, toLocalInput } from '../../../src/web/lib/time.ts'

const timeline = suite('timeline of the page')

const HOUR_MS = 3_600_000
const midnight = startOfDay(Date.parse('2026-11-21T12:00:00'))

function toItem(key: string, tsMs: number): FeedItem {
  // Only key and time matter to what is tested here.
  return { kind: 'entry', key, tsMs } as FeedItem
}

timeline('has a heading for each day', () => {
  const items = [midnight + 2, midnight, midnight - 1, midnight - 30 * HOUR_MS].map((ms, n) =>
    toItem(`${n}`, ms),
  )
  const rows = toRows(items)
  assert.equal(
    rows.map(({ kind }) => kind),
    ['day', 'entry', 'entry', 'day', 'entry', 'day', 'entry'],
  )
  assert.is(rows[0]?.kind === 'day' && rows[0].dayMs, midnight)
  assert.is(new Set(rows.map(({ key }) => key)).size, rows.length, 'no key twice')
})

timeline('has two headings for a day to which the clock was set back', () => {
  const rows = toRows([toItem('a', midnight + 1), toItem('b', midnight - 1), toItem('c', midnight + 2)])
  assert.is(rows.filter(({ kind }) => kind === 'day').length, 3)
  assert.is(new Set(rows.map(({ key }) => key)).size, 6)
})

timeline('counts each hour, empty ones too, stacked by category', () => {
  const start = Date.parse('2026-11-21T10:00:00Z')
  const hour = (n: number): string => new Date(start + n * HOUR_MS).toISOString()
  const none = { auth: 0, device: 0, entity: 0, capture: 0, system: 0 }
  const { series, categories, isDaily } = toChartData({
    hours: [
      { start: hour(0), counts: { ...none, auth: 2, system: 3 } },
      { start: hour(20), counts: { ...none, device: 1 } },
    ],
    total: 6,
  })
  const [times, ...stacked] = series
  assert.is(times.length, 21)
  assert.is(isDaily, false)
  assert.equal(
    stacked.map((counts) => counts[0]),
    [5, 3, 3, 3, 3],
    `${categories}: each on the ones after it`,
  )
  assert.equal(
    stacked.map((counts) => counts[20]),
    [1, 1, 0, 0, 0],
  )
  assert.is(stacked[0]?.[7], 0)
})

timeline('counts days where there are many hours', () => {
  const hours = [0, 24 * 40].map((n) => ({
    start: new Date(midnight + n * HOUR_MS).toISOString(),
    counts: { auth: 1, device: 0, entity: 0, capture: 0, system: 0 },
  }))
  const { series, isDaily } = toChartData({ hours, total: 2 })
  assert.is(isDaily, true)
  assert.ok(series[0].length >= 40 && series[0].length <= 42)
})

timeline('tells times in words', () => {
  const time = new TimeFormat('en-GB')
  const ago = [0, 59_000, 60_000, 3 * HOUR_MS, 50 * HOUR_MS].map((ms) => time.ago(midnight - ms, midnight))
  assert.equal(ago, ['now', '59 sec ago', '1 min ago', '3 hr ago', '2 days ago'])
  assert.is(time.ago(midnight + 5_000, midnight), 'now', 'a clock that is ahead of ours')
  assert.is(time.day(midnight + 1, midnight + 2), 'Today')
  assert.is(time.day(midnight - 1, midnight + 2), 'Yesterday')
  assert.match(time.day(midnight - 30 * HOUR_MS, midnight), 'November')
})

timeline('reads a time as it wrote it', () => {
  const minute = Math.floor(Date.now() / 60_000) * 60_000
  assert.is(fromLocalInput(toLocalInput(minute)), minute)
  assert.is(fromLocalInput(''), undefined)
})

timeline('sends the newest value, and skips those in between', async () => {
  const sent: number[] = []
  const sender = new LatestSender<number>(async (value) => {
    sent.push(value)
    if (value === 1) throw new Error('offline')
  }, 1)
  for (const value of [1, 2, 3, 4]) sender.push(value)
  await sender.settle()
  assert.equal(sent, [1, 4], 'a failure does not stop it')
})

timeline.run()
