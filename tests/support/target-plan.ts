import { toDefaultStrip } from '../../src/led/layout.ts'
import { LedPipeline } from '../../src/led/led-pipeline.ts'
import { SOURCE_SIZE, toFrameBytes } from '../../src/led/picture.ts'
import { PictureLight } from '../../src/led/picture-light.ts'
import { NEUTRAL_PROCESSING } from '../../src/led/processing.ts'
import { MARKER_PERIOD_MS, paintTestCard, toTestCardTimeMs } from '../../src/led/test-card.ts'
import { Layout } from '../../src/protocol/api-targets.ts'
import type { TargetPlan } from '../../src/protocol/worker-messages.ts'

export function toDdpOutput(port: number): TargetPlan['device']['output'] {
  return { kind: 'ddp', port, color_order: 'rgb' }
}

/** A plan for a strip around the picture on 127.0.0.1, with what a test changes. */
export function toTestPlan(
  { ddp_port, ...device }: Partial<TargetPlan['device']> & { readonly ddp_port?: number },
  changes: Partial<Omit<TargetPlan, 'device'>> = {},
): TargetPlan {
  const ledCount = device.led_count ?? 100
  return {
    target_id: 'target_desk',
    target_name: 'Desk',
    device: {
      id: 'device_desk',
      name: 'Desk strip',
      type: 'ddp',
      address: '127.0.0.1',
      http_port: null,
      led_count: ledCount,
      output: toDdpOutput(ddp_port ?? 4_048),
      ...device,
    },
    layout: Layout.parse(toDefaultStrip(ledCount)),
    processing: NEUTRAL_PROCESSING,
    calibration: null,
    ...changes,
  }
}

/** What the LEDs of `plan` show of the test card `timeMs` after its start, 3 bytes per LED. */
export function toTestCardLeds(plan: TargetPlan, timeMs: number): Buffer {
  const frame = new Uint8Array(toFrameBytes(SOURCE_SIZE))
  paintTestCard(frame, SOURCE_SIZE, timeMs)
  const picture = new PictureLight(SOURCE_SIZE)
  const pipeline = new LedPipeline({
    layout: plan.layout,
    processing: plan.processing,
    ledCount: plan.device.led_count,
    picture,
  })
  picture.take(frame, 0)
  pipeline.take(0)
  pipeline.render(0)
  return Buffer.from(pipeline.colors)
}

/** The LEDs of `plan` that show the same at every time of the test card: all but the top edge's. */
export function toStillLeds(plan: TargetPlan): readonly number[] {
  if (plan.layout.type !== 'strip') throw new Error('only a strip has edges')
  const leds = plan.layout.segments.flatMap(({ edge, led_start, led_count }) =>
    edge === 'top' ? [] : Array.from({ length: led_count }, (_, i) => led_start + i),
  )
  return leds.sort((a, b) => a - b)
}

/**
 * The number of the frame of the test card that these LEDs show, -1 if it is none. Looks at the first
 * half of the marker's way there and back, where no two frames are alike.
 */
export function findCardFrame(plan: TargetPlan, rgb: Buffer, fps: number): number {
  for (let index = 0; toTestCardTimeMs(index, fps) < MARKER_PERIOD_MS / 2; index += 1) {
    if (toTestCardLeds(plan, toTestCardTimeMs(index, fps)).equals(rgb)) return index
  }
  return -1
}
