// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call, callOk, waitForEntries } from '../support/api.ts'
import { withServer } from '../support/server-process.ts'
import { waitFor } from '../support/wait-for.ts'
import { watch } from '../support/watcher.ts'

const metrics = suite('/metrics')

type Samples = ReadonlyMap<string, number>

async function readMetrics(url: string): Promise<{ readonly text: string; readonly samples: Samples }> {
  const response = await fetch(new URL('/metrics', url))
  assert.is(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const samples = lines.map((line): [string, number] => {
    const at = line.lastIndexOf(' ')
    return [line.slice(0, at), Number(line.slice(at + 1))]
  })
  return { text, samples: new Map(samples) }
}

function sampleOf(samples: Samples, name: string): number {
  const value = samples.get(`ledgrab_${name}`)
  if (value === undefined) throw new Error(`there is no ledgrab_${name}`)
  return value
}

metrics('balance what was accepted with what was stored, queued and dropped', async () => {
  await withServer(['--demo'], async ({ url }) => {
    await waitForEntries(url, 'target_started', 2)
    await call(url, 'GET', '/api/v1/nowhere')
    const watcher = await watch(url)
    const { text, samples } = await waitFor(async () => {
      const read = await readMetrics(url)
      return sampleOf(read.samples, 'activity_queued') === 0 && read
    }, 'an empty queue')
    const dropped = [...samples].filter(([name]) => name.startsWith('ledgrab_activity_dropped_total{'))
    assert.is(dropped.length, 5)
    const lost = dropped.reduce((sum, [, value]) => sum + value, 0)
    assert.is(lost, 0)
    assert.is(sampleOf(samples, 'activity_accepted_total'), sampleOf(samples, 'activity_stored_total') + lost)
    assert.ok(sampleOf(samples, 'activity_stored_total') >= 5)
    assert.is(sampleOf(samples, 'activity_head_seq'), sampleOf(samples, 'activity_stored_total'))
    assert.ok(sampleOf(samples, 'activity_commit_seconds_count') > 0)
    assert.ok(sampleOf(samples, 'activity_db_bytes') > 0)
    assert.ok(sampleOf(samples, 'activity_wal_bytes') > 0)
    assert.is(sampleOf(samples, 'activity_degraded'), 0)
    assert.is(sampleOf(samples, 'watchers'), 1)
    assert.ok(samples.has('ledgrab_nodejs_eventloop_lag_p99_seconds'))
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    assert.ok(names.length > 20)
    assert.equal(
      names.filter((name) => !name?.startsWith('ledgrab_')),
      [],
    )
    await watcher.close()
  })
})

metrics('need a key where there are keys', async () => {
  await withServer(['--demo'], async ({ url }) => {
    const { key } = await callOk(url, 'POST', '/api/v1/keys', { label: 'prometheus', role: 'admin' })
    assert.is((await fetch(new URL('/metrics', url))).status, 401)
    const headers = { authorization: `Bearer ${key}` }
    assert.is((await fetch(new URL('/metrics', url), { headers })).status, 200)
  })
})

metrics.run()
