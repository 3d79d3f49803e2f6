import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { judge, type SoakSample } from '../../../bench/soak/sample.ts'

const verdict = suite('verdict of a soak')

/** A sample every half minute with the memory of that time. */
function toSamples(totalMinutes: number, toRssMb: (minutes: number) => number): readonly SoakSample[] {
  return Array.from({ length: totalMinutes * 2 + 1 }, (_, index) => ({
    minutes: index / 2,
    rss_mb: toRssMb(index / 2),
    heap_mb: 40,
    files: 60,
    late_ms: 1,
    frames_out: index,
    head_seq: index,
  }))
}

verdict('compares the last five minutes with minutes five to ten', () => {
  const samples = toSamples(30, (minutes) =>
    minutes < 5 ? 500 : minutes <= 10 ? 100 : minutes < 25 ? 300 : 105,
  )
  assert.equal(judge(samples, 30), { early_mb: 100, late_mb: 105, growth: 1.05, is_good: true })
})

verdict('finds growth beyond five per cent, and is not misled by a single peak', () => {
  const grown = toSamples(30, (minutes) => (minutes >= 25 ? 105.1 : 100))
  assert.is(judge(grown, 30).is_good, false)
  const peak = toSamples(30, (minutes) => (minutes === 28 ? 900 : 100))
  assert.is(judge(peak, 30).is_good, true)
})

verdict('takes the same shares of a shorter run, and the same minutes of a longer one', () => {
  const short = toSamples(6, (minutes) => (minutes >= 1 && minutes <= 2 ? 100 : minutes >= 5 ? 104 : 300))
  assert.equal([judge(short, 6).early_mb, judge(short, 6).late_mb], [100, 104])
  const long = toSamples(120, (minutes) => (minutes >= 5 && minutes <= 10 ? 100 : minutes >= 115 ? 104 : 300))
  assert.equal([judge(long, 120).early_mb, judge(long, 120).late_mb], [100, 104])
})

verdict('is not good without samples', () => {
  assert.is(judge([], 30).is_good, false)
})

verdict.run()
