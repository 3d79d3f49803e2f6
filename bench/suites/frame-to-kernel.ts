import { setTimeout as sleep } from 'node:timers/promises'
import { SOURCE_SIZE } from '../../src/led/picture.ts'
import { PictureLight } from '../../src/led/picture-light.ts'
import { toTestPlan } from '../../tests/support/target-plan.ts'
import { ScreenSource } from '../../workers/capture/screen-source.ts'
import { TargetRunner } from '../../workers/capture/target-runner.ts'
import { Turns } from '../../workers/capture/turns.ts'
import { percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { FPS, findMissing, withScreen } from '../support/screen-rig.ts'
import { LEDS } from '../support/senders.ts'
import { UdpEar } from '../support/udp-ear.ts'

/**
 * From the last byte of a frame of a 1920x1080 screen, as ffmpeg scales it, to the last packet of 300 LEDs in the
 * kernel: the parts of a capture worker, in this process. The window takes a new colour for every frame.
 */
export async function measureFrameToKernel({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const missing = findMissing()
  if (missing !== undefined) {
    say(`frame-to-kernel is left out: ${missing}`)
    return { rows: [] }
  }
  say('frame to kernel')
  const agesMs = await measure(isShort ? 2_000 : 30_000)
  const what = 'a frame of a 1080p screen in hand to the last packet of 300 LEDs in the kernel'
  return {
    rows: [
      {
        id: 'frame-to-kernel-p50',
        what: `${what}, half`,
        value: round3(percentile(agesMs, 0.5)),
        unit: 'ms',
        target: { is: '<=', value: 1.5 },
        note: `${agesMs.length} frames`,
      },
      {
        id: 'frame-to-kernel-p99',
        what: `${what}, 99 of 100`,
        value: round3(percentile(agesMs, 0.99)),
        unit: 'ms',
        target: { is: '<=', value: 5 },
      },
    ],
  }
}

async function measure(ms: number): Promise<readonly number[]> {
  const agesMs: number[] = []
  const ear = await UdpEar.open(() => {})
  await withScreen(async (display, window) => {
    const picture = new PictureLight(SOURCE_SIZE)
    const context = { picture, turns: new Turns(), onPreview: () => {}, onTrouble: () => {} }
    const plan = toTestPlan({ ddp_port: ear.port, led_count: LEDS })
    const runner = new TargetRunner(plan, context)
    await runner.open()
    // A frame that has to wait for its turn is told with the next one.
    const noteAge = (): void => {
      const { frame_age_max_ms: ageMs } = runner.takeStats()
      if (ageMs !== null) agesMs.push(ageMs)
    }
    let isFirst: () => void = () => {}
    const hasFrames = new Promise<void>((resolve) => {
      isFirst = resolve
    })
    const source = new ScreenSource(
      { display, region: null, backend: 'x11grab', fps: FPS },
      {
        onFrame(frame, replaced, frameMs) {
          isFirst()
          picture.take(frame, performance.now())
          runner.takeFrame(replaced, frameMs)
          noteAge()
        },
        onFailure: (reason) => console.error(reason),
        onBackend: () => {},
        onEnd: () => {},
      },
    )
    source.start()
    await hasFrames
    const untilMs = performance.now() + ms
    for (let i = 1; performance.now() < untilMs; i += 1) {
      await window.fill((64 + ((i * 8) % 128)) << 16)
      await sleep(1_000 / FPS)
    }
    await source.stop()
    await runner.close()
  })
  ear.close()
  return agesMs
}
