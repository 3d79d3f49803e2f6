import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SOURCE_SIZE } from '../../../../src/led/picture.ts'
import { PictureLight } from '../../../../src/led/picture-light.ts'
import { toFfmpegArguments } from '../../../../workers/capture/ffmpeg-arguments.ts'
import { testWith } from '../../../support/needs.ts'

const scaling = suite('scaling by ffmpeg')

const COLORS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
] as const

/** A picture of `count` columns in red, green and blue by turns, 4 bytes per pixel, as ffmpeg scales it. */
function scaleColumns(width: number, height: number, count: number): Uint8Array {
  const row = Buffer.alloc(width * 4)
  for (let x = 0; x < width; x += 1) {
    const [red, green, blue] = COLORS[Math.floor((x * count) / width) % 3] ?? COLORS[0]
    row.set([blue, green, red, 255], x * 4)
  }
  const picture = Buffer.concat(new Array<Buffer>(height).fill(row))
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'bgr0', '-video_size', `${width}x${height}`, '-i', 'pipe:0']
  const args = toFfmpegArguments({ input: raw, filters: [] }, SOURCE_SIZE)
  return execFileSync('ffmpeg', args, { input: picture, maxBuffer: 1 << 24 })
}

for (const [width, height] of [
  [1_920, 1_080],
  [2_560, 1_440],
  [1_366, 768],
  [1_080, 1_920],
] as const) {
  testWith(scaling, ['ffmpeg'], `gives each LED its own colour, of ${width}x${height}`, async () => {
    for (const count of [8, 32, 64]) {
      const picture = new PictureLight(SOURCE_SIZE)
      picture.take(scaleColumns(width, height, count), 0)
      const segments = [{ edge: 'top', led_start: 0, led_count: count, reverse: false }] as const
      const strip = { type: 'strip', segments, gaps: [], border_depth_percent: 10 } as const
      const light = new Float32Array(count * 3)
      picture.read(picture.of(strip, count, picture.window(false)), light)
      for (let led = 0; led < count; led += 1) {
        const own = light[led * 3 + (led % 3)] ?? 0
        const others = [1, 2].map((step) => light[led * 3 + ((led + step) % 3)] ?? 0)
        // An odd width has pixels that belong to two columns.
        assert.ok(own > 0.6 && others.every((other) => other < 0.4), `LED ${led} of ${count}`)
        if (width === 1_920) assert.equal([own, ...others], [1, 0, 0], `LED ${led} of ${count}`)
      }
    }
  })
}

scaling.run()
