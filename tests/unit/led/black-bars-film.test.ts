import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BlackBarDetector } from '../../../src/led/black-bars.ts'
import { SOURCE_SIZE, toFrameBytes } from '../../../src/led/picture.ts'
import { testWith } from '../../support/needs.ts'

/** Moving pictures, scaled as those of a screen are. */
const film = suite('black bars of a film')

const FPS = 25

/** The windows the detector finds one after the other, as left, top, right, bottom. */
function watch(source: string, filters: readonly string[]): readonly string[] {
  const { width, height } = SOURCE_SIZE
  const scaled = [...filters, `scale=${width}:${height}:flags=fast_bilinear`].join()
  const { status, stdout, stderr } = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-f', 'lavfi', '-i', source, '-vf', scaled, '-t', '4', '-threads', '1'].concat([
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      '-',
    ]),
    { maxBuffer: 100_000_000, timeout: 60_000 },
  )
  assert.is(status, 0, stderr.toString())
  const bytes = toFrameBytes(SOURCE_SIZE)
  assert.is(stdout.length, 4 * FPS * bytes)
  const detector = new BlackBarDetector(SOURCE_SIZE)
  const windows: string[] = []
  for (let i = 0; i < 4 * FPS; i += 1) {
    const isChange = detector.look(stdout.subarray(i * bytes, (i + 1) * bytes), (i * 1_000) / FPS)
    const { left, top, right, bottom } = detector.window
    if (isChange) windows.push([left, top, right, bottom].join())
  }
  return windows
}

const RATE = `rate=${FPS}`
const CASES: readonly (readonly [
  name: string,
  source: string,
  filters: readonly string[],
  window?: string,
])[] = [
  ['a letterbox', `mandelbrot=size=480x200:${RATE}`, ['pad=480:270:0:35'], '0,9,128,63'],
  [
    'a letterbox of video levels, with noise',
    `testsrc2=size=480x200:${RATE}`,
    ['pad=480:270:0:35:color=0x101010', 'noise=alls=4:allf=t:all_seed=1'],
    '0,9,128,63',
  ],
  [
    'the letterbox of a dim film',
    `testsrc2=size=480x200:${RATE}`,
    ['eq=brightness=-0.25', 'pad=480:270:0:35'],
    '0,9,128,63',
  ],
  ['a pillarbox', `mandelbrot=size=360x270:${RATE}`, ['pad=480:270:60:0'], '16,0,112,72'],
  ['a small picture', `testsrc2=size=360x200:${RATE}`, ['pad=480:270:60:35'], '16,9,112,63'],
  ['no bars at all', `mandelbrot=size=480x270:${RATE}`, []],
  ['lights in the dark', `life=size=480x270:${RATE}:ratio=0.1:seed=1:mold=10`, []],
]

for (const [name, source, filters, window] of CASES) {
  testWith(film, ['ffmpeg'], `${name}: told once, and kept`, async () => {
    assert.equal(watch(source, filters), window === undefined ? [] : [window])
  })
}

film.run()
