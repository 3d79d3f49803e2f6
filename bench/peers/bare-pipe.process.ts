/**
 * The floor of anything that reads pictures with ffmpeg: its pipe, and a process that picks a pixel per LED and sends.
 * `node bare-pipe.process.js LEDS PORT INPUT…`, the last being what ffmpeg is told to read.
 */
import { spawn } from 'node:child_process'
import { PlainSender } from './border.ts'

const WIDTH = 128
const HEIGHT = 72
const [leds = '300', port = '4048', ...input] = process.argv.slice(2)
const sender = new PlainSender(Number(leds), Number(port))
const frame = Buffer.alloc(WIDTH * HEIGHT * 3)
let filled = 0
const ffmpeg = spawn(
  'ffmpeg',
  [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    ...input,
    ...['-vf', `scale=${WIDTH}:${HEIGHT}:flags=fast_bilinear`],
    ...['-pix_fmt', 'rgb24', '-threads', '1', '-flush_packets', '1', '-f', 'rawvideo', 'pipe:1'],
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
ffmpeg.stdout.on('data', (chunk: Buffer) => {
  for (let read = 0; read < chunk.length; ) {
    const taken = chunk.copy(frame, filled, read)
    read += taken
    filled += taken
    if (filled < frame.length) continue
    filled = 0
    sender.send({ pixels: frame, width: WIDTH, height: HEIGHT, bytesPerPixel: 3 })
  }
})
ffmpeg.on('exit', () => process.exit())
process.on('SIGTERM', () => ffmpeg.kill('SIGKILL'))
