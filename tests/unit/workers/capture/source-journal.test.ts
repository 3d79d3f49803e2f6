import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ActivityDetails } from '../../../../src/protocol/activity.ts'
import type { CaptureReport } from '../../../../src/protocol/worker-messages.ts'
import { SourceJournal } from '../../../../workers/capture/source-journal.ts'

const journal = suite('source journal')

function setup(caution: string | null = null) {
  const entries: (readonly [string, ActivityDetails])[] = []
  const states: string[] = []
  const subject = new SourceJournal(
    {
      record: (_category, action, details) => entries.push([action, details]),
      send: (report: CaptureReport) => {
        if (report.kind === 'source-state') states.push(`${report.state} ${report.reason ?? ''}`.trim())
      },
    },
    { source_id: 's1', source_name: 'Desk', settings: { type: 'testcard', fps: 1 } },
    { backend: 'x11grab', what: 'the screen :0', caution, metadata: { display: ':0' } },
  )
  return { subject, entries, states, actions: () => entries.map(([action]) => action) }
}

journal('says nothing about a source that came and went without a frame', () => {
  const { subject, actions, states } = setup()
  subject.starting()
  subject.stopped()
  assert.equal(actions(), [])
  assert.equal(states, ['starting'])
})

journal('records the start with the first frame only', () => {
  const { subject, entries, actions, states } = setup()
  subject.starting()
  for (let i = 0; i < 5; i += 1) subject.frame()
  subject.stopped()
  assert.equal(actions(), ['capture_started', 'capture_stopped'])
  assert.equal(states, ['starting', 'delivering'])
  assert.is(entries[0]?.[1].message, 'The source "Desk" delivers pictures from the screen :0.')
  assert.is(entries[1]?.[1].metadata?.frames, 5)
})

journal('warns with the start when only part of the desktop is seen', () => {
  const { subject, entries } = setup('Only half is seen.')
  subject.frame()
  const [action, details] = entries[0] ?? []
  assert.equal([action, details?.severity], ['capture_started', 'warning'])
  assert.match(details?.message ?? '', 'from the screen :0. Only half is seen.')
  assert.is(details?.metadata?.caution, 'Only half is seen.')
})

journal('records an outage once, reports each new reason, and closes it with the next frame', () => {
  const { subject, entries, actions, states } = setup()
  subject.starting()
  subject.frame()
  for (const reason of ['a', 'a', 'b']) subject.failed(reason)
  subject.frame()
  subject.failed('c')
  subject.frame()
  assert.equal(actions(), [
    'capture_started',
    'capture_failed',
    'capture_recovered',
    'capture_failed',
    'capture_recovered',
  ])
  assert.equal(states, [
    'starting',
    'delivering',
    'failed a',
    'failed b',
    'delivering',
    'failed c',
    'delivering',
  ])
  assert.equal(
    entries
      .filter(([action]) => action === 'capture_recovered')
      .map(([, { metadata }]) => metadata?.failed_tries),
    [3, 1],
  )
})

journal('does not fill the log with a source that comes and goes', () => {
  const { subject, actions } = setup()
  subject.frame()
  for (let i = 0; i < 500; i += 1) {
    subject.failed('the cable is loose')
    subject.frame()
  }
  const count = (wanted: string): number => actions().filter((action) => action === wanted).length
  assert.equal([count('capture_failed'), count('capture_recovered')], [10, 10])
})

journal('tells a source that runs without pictures from one that ended', () => {
  const { subject, actions } = setup()
  subject.frame()
  subject.failed('no picture for 5 seconds', 'stalled')
  subject.failed('exit code 1', 'failed')
  subject.frame()
  assert.equal(actions(), ['capture_started', 'capture_stalled', 'capture_recovered'])
})

journal('records the end of a source that failed from the start', () => {
  const { subject, actions } = setup()
  subject.starting()
  subject.failed('no display')
  subject.stopped()
  assert.equal(actions(), ['capture_failed', 'capture_stopped'])
})

journal.run()
