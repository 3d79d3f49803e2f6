import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { TargetPlan } from '../../src/protocol/worker-messages.ts'
import {
  CARD_FPS,
  endCapture,
  runTarget,
  setupCard,
  stopTarget,
  sumStats,
} from '../support/capture-worker.ts'
import { startDdpReceiver } from '../support/ddp-receiver.ts'
import { startReleaseListener } from '../support/release-listener.ts'
import { toDdpOutput, toTestPlan } from '../support/target-plan.ts'

const controllers = suite('capture worker, controllers that are released or fail')

controllers('releases a WLED when it stops, never with live:true, and sends nothing more', async () => {
  const { worker, strip, plan } = await setupCard()
  const http = await startReleaseListener()
  const wled: TargetPlan = { ...plan, device: { ...plan.device, type: 'wled', http_port: http.port } }
  await runTarget(worker, wled)
  await strip.next(3)
  assert.equal(http.requests, [])
  await stopTarget(worker, wled)
  assert.equal(http.requests, [{ method: 'POST', path: '/json/state', body: '{"live":false}' }])
  const framesSoFar = strip.frames.length
  // Another target on the same worker shows that time has passed and frames still come.
  const other = await startDdpReceiver(100)
  await runTarget(worker, {
    ...plan,
    target_id: 'other',
    device: { ...plan.device, output: toDdpOutput(other.port) },
  })
  await other.next(60)
  assert.is(strip.frames.length, framesSoFar)
  http.close()
  await endCapture(worker, strip, other)
})

controllers('starts again after a stop, in the order it was asked', async () => {
  const { worker, strip, plan } = await setupCard()
  const http = await startReleaseListener()
  const wled: TargetPlan = { ...plan, device: { ...plan.device, type: 'virtual', http_port: http.port } }
  const reports = worker.reports.length
  for (const kind of ['run', 'stop', 'run'] as const) {
    if (kind === 'run') worker.send({ kind: 'run-target', plan: wled })
    else worker.send({ kind: 'stop-target', target_id: wled.target_id })
  }
  await worker.until(
    () => worker.reports.filter(({ kind }) => kind === 'target-running').length === 2,
    'the second start',
  )
  const kinds = worker.reports.slice(reports).map(({ kind }) => kind)
  assert.equal(
    kinds.filter((kind) => kind.startsWith('target-') && kind !== 'target-stats'),
    ['target-running', 'target-stopped', 'target-running'],
  )
  await strip.next(3)
  http.close()
  await endCapture(worker, strip)
})

controllers('answers a stop of a target it does not have', async () => {
  const { worker, strip, plan } = await setupCard()
  await stopTarget(worker, plan)
  await endCapture(worker, strip)
})

controllers('stops in time although no controller answers its release', async () => {
  const { worker, strip, plan } = await setupCard()
  const mute = await startReleaseListener({ isMute: true })
  for (let i = 0; i < 20; i += 1) {
    const device = { ...plan.device, type: 'wled' as const, http_port: mute.port }
    await runTarget(worker, { ...plan, target_id: `target_${i}`, device })
  }
  const startedMs = performance.now()
  await worker.stop()
  assert.ok(performance.now() - startedMs < 2_000)
  assert.is(mute.requests.length, 20)
  assert.is(worker.reports.filter(({ kind }) => kind === 'target-stopped').length, 20)
  mute.close()
  strip.close()
})

controllers('counts refused packets and goes on with the others', async () => {
  const { worker, strip, plan } = await setupCard()
  const gone = await startDdpReceiver(100)
  const deadPlan = toTestPlan({ ddp_port: gone.port }, { target_id: 'dead' })
  gone.close()
  await runTarget(worker, deadPlan)
  await runTarget(worker, plan)
  await strip.next(20)
  const dead = await sumStats(worker, 'dead', ({ send_errors }) => send_errors > 0)
  assert.ok(dead.frames_out > 0)
  const live = await sumStats(worker, plan.target_id, ({ frames_out }) => frames_out > 10)
  assert.is(live.send_errors, 0)
  assert.is(live.packets_out, live.frames_out)
  await endCapture(worker, strip)
})

controllers('sends to a controller again as soon as it listens', async () => {
  const { worker, strip, plan } = await setupCard()
  await runTarget(worker, plan)
  const { port } = strip
  await strip.next(3)
  strip.close()
  await sumStats(worker, plan.target_id, ({ send_errors }) => send_errors > 0)
  const back = await startDdpReceiver(100, port)
  await back.next(3)
  await endCapture(worker, back)
})

controllers('runs a target it cannot connect to, counts that, and keeps the others lit', async () => {
  const { worker, strip, plan } = await setupCard()
  // Linux refuses to connect to a broadcast address; nothing leaves this machine.
  const deadPlan = toTestPlan({ ddp_port: 4_048, address: '127.255.255.255' }, { target_id: 'dead' })
  await runTarget(worker, deadPlan)
  await runTarget(worker, plan)
  await strip.next(20)
  await sumStats(worker, 'dead', ({ send_errors, packets_out }) => send_errors > 5 && packets_out === 0)
  await endCapture(worker, strip)
})

controllers('keeps a light as fast beside twenty dead controllers as it is alone', async () => {
  const { worker, strip, plan } = await setupCard()
  const gone = await startDdpReceiver(100)
  const { port } = gone
  gone.close()
  for (let i = 0; i < 20; i += 1) {
    // Half of them refuse, half cannot be reached at all.
    const address = i % 2 === 0 ? '127.0.0.1' : '127.255.255.255'
    await runTarget(worker, toTestPlan({ ddp_port: port, address }, { target_id: `dead_${i}` }))
  }
  await runTarget(worker, plan)
  await worker.next('target-stats')
  const frames = await strip.next(CARD_FPS * 2)
  const tookMs = (frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)
  // Each of the dead would cost it seconds if it waited for them; a busy machine costs it less.
  assert.ok(tookMs < 5_000, `two seconds of frames took ${tookMs} ms`)
  const { stats } = await worker.next('target-stats')
  const figures = stats.find(({ target_id }) => target_id === plan.target_id)
  assert.is(figures?.send_errors, 0)
  assert.ok(figures && (figures.frame_age_ms ?? 0) < 500, JSON.stringify(figures))
  await endCapture(worker, strip)
})

controllers.run()
