/**
 * Capture without ffmpeg: the npm package node-screenshots as fast as it goes, a pixel per LED, one packet.
 * Its display is that of the environment. `node screenshots.process.js LEDS PORT`
 */
import { Monitor } from 'node-screenshots'
import { PlainSender } from './border.ts'

const [leds = '300', port = '4048'] = process.argv.slice(2)
const sender = new PlainSender(Number(leds), Number(port))
const [monitor] = Monitor.all()
if (monitor === undefined) throw new Error('no screen was found')
for (;;) {
  const { width, height, ...picture } = await monitor.captureImage().then(async (image) => ({
    width: image.width,
    height: image.height,
    pixels: await image.toRaw(),
  }))
  sender.send({ ...picture, width, height, bytesPerPixel: 4 })
}
