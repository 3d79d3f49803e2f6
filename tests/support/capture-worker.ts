import * as assert from 'uvu/assert'
import type {
  CaptureCommand,
  CaptureOptions,
  CaptureReport,
  TargetPlan,
  TargetStats,
} from '../../src/protocol/worker-messages.ts'
import { type DdpReceiver, startDdpReceiver } from './ddp-receiver.ts'
import { type SpawnedWorker, spawnWorker } from './spawn-worker.ts'
import { toTestPlan } from './target-plan.ts'

export type CaptureWorker = SpawnedWorker<CaptureCommand, CaptureReport>

/** Frames per second of the test card unless a test says otherwise. */
export const CARD_FPS = 30

export interface CardSetup {
  readonly worker: CaptureWorker
  readonly strip: DdpReceiver
  /** For the strip; not running yet. */
  readonly plan: TargetPlan
}

/** A real capture worker with the test card, and a strip for it. */
export async function setupCard(ledCount = 100, fps = CARD_FPS): Promise<CardSetup> {
  const worker: CaptureWorker = await spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>('capture', {
    source_id: 'source_card',
    source_name: 'Test card',
    settings: { type: 'testcard', fps },
  })
  const strip = await startDdpReceiver(ledCount)
  return { worker, strip, plan: toTestPlan({ ddp_port: strip.port, led_count: ledCount }) }
}

/** Starts a target, or gives it a new plan, and waits until it runs. */
export async function runTarget(worker: CaptureWorker, plan: TargetPlan): Promise<void> {
  const running = worker.next('target-running')
  worker.send({ kind: 'run-target', plan })
  assert.is((await running).target_id, plan.target_id)
}

export async function stopTarget(worker: CaptureWorker, plan: TargetPlan): Promise<void> {
  const stopped = worker.next('target-stopped')
  worker.send({ kind: 'stop-target', target_id: plan.target_id })
  assert.is((await stopped).target_id, plan.target_id)
}

/** Stops the worker and the strips, none of which may have heard anything but proper DDP. */
export async function endCapture(worker: CaptureWorker, ...strips: readonly DdpReceiver[]): Promise<void> {
  await worker.stop()
  for (const strip of strips) {
    strip.close()
    assert.equal(strip.malformed, [])
  }
}

const NO_TIMES = {
  frame_age_ms: null,
  frame_age_max_ms: null,
  processing_us: null,
  processing_max_us: null,
}

/** The sum of a target's figures from now until `isEnough`. */
export async function sumStats(
  worker: CaptureWorker,
  targetId: string,
  isEnough: (sum: TargetStats) => boolean,
): Promise<TargetStats> {
  const from = worker.reports.length
  return worker.until(() => {
    const sum = { frames_in: 0, frames_out: 0, frames_dropped: 0, packets_out: 0, send_errors: 0 }
    for (const report of worker.reports.slice(from)) {
      if (report.kind !== 'target-stats') continue
      const stats = report.stats.find(({ target_id }) => target_id === targetId)
      if (!stats) continue
      sum.frames_in += stats.frames_in
      sum.frames_out += stats.frames_out
      sum.frames_dropped += stats.frames_dropped
      sum.packets_out += stats.packets_out
      sum.send_errors += stats.send_errors
    }
    const total = { ...NO_TIMES, target_id: targetId, ...sum }
    return isEnough(total) && total
  }, `figures of ${targetId}`)
}
