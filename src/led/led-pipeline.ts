import type { LedLayout } from './layout.ts'
import type { PictureSize } from './picture.ts'
import { applyTable, type LedProcessing, toProcessingTable } from './processing.ts'
import { toSampleAreas } from './sample-areas.ts'
import { type SampleAreas, sampleMeans } from './sampling.ts'

export interface LedPlan {
  readonly layout: LedLayout
  readonly processing: LedProcessing
  readonly ledCount: number
  /** Of the frames to come. */
  readonly size: PictureSize
}

/** From a frame to the bytes of a device's LEDs. Everything is allocated here, nothing per frame. */
export class LedPipeline {
  /** 3 bytes per LED, RGB, in the order of the strip; what the last `run` made. */
  readonly rgb: Uint8Array
  readonly #widthPx: number
  readonly #areas: SampleAreas
  readonly #table: Uint8Array

  constructor({ layout, processing, ledCount, size }: LedPlan) {
    this.rgb = new Uint8Array(ledCount * 3)
    this.#widthPx = size.width
    this.#areas = toSampleAreas(layout, ledCount, size)
    this.#table = toProcessingTable(processing)
  }

  run(frame: Uint8Array): void {
    sampleMeans(frame, this.#widthPx, this.#areas, this.rgb)
    applyTable(this.rgb, this.#table)
  }
}
