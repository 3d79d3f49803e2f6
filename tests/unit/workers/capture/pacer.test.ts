import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Pacer } from '../../../../workers/capture/pacer.ts'

const pacer = suite('pacer')

/** When the frames that arrive at these times go, the newest one replacing what waits. */
function send(ledCount: number, arrivalsMs: readonly number[]): number[] {
  const subject = new Pacer(ledCount)
  const sentMs: number[] = []
  arrivalsMs.forEach((arrivalMs, i) => {
    const goesMs = arrivalMs + subject.waitMs(arrivalMs)
    // A frame that would still wait when the next one comes is replaced by it.
    if (goesMs > (arrivalsMs[i + 1] ?? Number.POSITIVE_INFINITY)) return
    subject.sent(goesMs)
    sentMs.push(goesMs)
  })
  return sentMs
}

pacer('lets the first frame go at once', () => {
  assert.is(new Pacer(300).waitMs(0), 0)
  assert.is(new Pacer(300).waitMs(1e9), 0)
})

pacer('lets a steady source at 60 frames a second lose none, with jitter of half a millisecond', () => {
  const arrivalsMs = Array.from({ length: 600 }, (_, i) => (i * 1_000) / 60 + (i % 2 === 0 ? 0.5 : 0))
  const sentMs = send(100, arrivalsMs)
  assert.is(sentMs.length, 600)
})

pacer('never lets two frames go within 15 ms: WLED shows only one of them', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 40, noNaN: true }), { maxLength: 200 }), (gapsMs) => {
      let nowMs = 5
      const sentMs = send(
        50,
        gapsMs.map((gapMs) => (nowMs += gapMs)),
      )
      for (let i = 1; i < sentMs.length; i += 1) {
        assert.ok((sentMs[i] ?? 0) - (sentMs[i - 1] ?? 0) > 15)
      }
    }),
  )
})

pacer('forgets a frame that was 8 ms late: the fifth one after it goes at once again, at 60 a second', () => {
  const arrivalsMs = Array.from({ length: 120 }, (_, i) => (i * 1_000) / 60 + (i === 60 ? 8 : 0))
  const sentMs = send(100, arrivalsMs)
  assert.is(sentMs.length, arrivalsMs.length)
  assert.equal(sentMs.slice(0, 61), arrivalsMs.slice(0, 61))
  assert.ok((sentMs[61] ?? 0) > (arrivalsMs[61] ?? 0))
  assert.equal(sentMs.slice(65), arrivalsMs.slice(65))
})

pacer('keeps to 62 a second on average, and to 30 µs per LED', () => {
  const arrivalsMs = Array.from({ length: 20_000 }, (_, i) => i)
  for (const [ledCount, intervalMs] of [
    [1, 1_000 / 62],
    [537, 1_000 / 62],
    [1_000, 30],
    [2_000, 60],
  ] as const) {
    const sentMs = send(ledCount, arrivalsMs)
    const wantedMs = (sentMs.length - 1) * intervalMs
    const tookMs = (sentMs.at(-1) ?? 0) - (sentMs[0] ?? 0)
    assert.ok(
      tookMs >= wantedMs - 10.01 && tookMs < wantedMs + sentMs.length,
      `${sentMs.length} frames in ${tookMs} ms for ${ledCount} LEDs`,
    )
  }
})

pacer.run()
