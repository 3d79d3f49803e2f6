import { SRGB_OF_LIGHT } from '../../src/led/light-curves.ts'
import { type SampleAreas, sampleMeans } from '../../src/led/sampling.ts'

/** The colours of the areas as 8-bit sRGB values, 3 per LED. */
export function sampleRgb(frame: Uint8Array, widthPx: number, areas: SampleAreas): Uint8Array {
  const light = new Float32Array((areas.length / 4) * 3)
  sampleMeans(frame, widthPx, areas, light)
  return Uint8Array.from(light, (share) => Math.round(255 * SRGB_OF_LIGHT.at(share)))
}
