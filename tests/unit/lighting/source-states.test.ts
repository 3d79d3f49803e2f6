import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SourceStates } from '../../../src/lighting/source-states.ts'
import type { BroadcastEvent } from '../../../src/protocol/server-events.ts'

const states = suite('states of the sources')

function setup() {
  const events: BroadcastEvent[] = []
  const clock = { nowMs: 0 }
  const subject = new SourceStates({ publish: (event) => events.push(event), nowMs: () => clock.nowMs })
  return { subject, events, clock }
}

const CLOSED = { state: 'closed', since: null, reason: null }

states('tell each change once, with the time it began', () => {
  const { subject, events, clock } = setup()
  assert.equal(subject.of('src_a'), CLOSED)
  subject.note('src_a', 'starting', null)
  clock.nowMs = 1_000
  subject.note('src_a', 'failed', 'no screen')
  subject.note('src_a', 'failed', 'no screen')
  clock.nowMs = 2_000
  subject.note('src_a', 'failed', 'no ffmpeg')
  assert.equal(subject.of('src_a'), {
    state: 'failed',
    since: '1970-01-01T00:00:01.000Z',
    reason: 'no ffmpeg',
  })
  assert.equal(
    events.map((event) => event.type === 'source_state_changed' && [event.state, event.reason]),
    [
      ['starting', null],
      ['failed', 'no screen'],
      ['failed', 'no ffmpeg'],
    ],
  )
})

states('forget a source that no light needs', () => {
  const { subject, events } = setup()
  subject.note('src_a', 'delivering', null)
  subject.note('src_b', 'starting', null)
  subject.closed('src_a')
  subject.closed('src_a')
  assert.equal(subject.of('src_a'), CLOSED)
  assert.equal(
    [...subject.open()].map(([id]) => id),
    ['src_b'],
  )
  assert.is(
    events.filter((event) => event.type === 'source_state_changed' && event.state === 'closed').length,
    1,
  )
})

states.run()
