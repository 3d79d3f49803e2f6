import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'

const WIDTH = 320
const HEIGHT = 180
const FPS = 25

/** A real RTMP server (ffmpeg) that sends one viewer what colour it is told, 25 times a second. */
export interface LiveStream {
  readonly url: string
  /** From its next frame on. @returns when that frame was given to the encoder, on the clock of `performance.now()` */
  show(grey: number): Promise<number>
  stop(): Promise<void>
}

export async function startLiveStream(): Promise<LiveStream> {
  const url = `rtmp://127.0.0.1:${await findFreePort()}/live/desk`
  const picture = ['-f', 'rawvideo', '-video_size', `${WIDTH}x${HEIGHT}`, '-pix_fmt', 'gray']
  const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(FPS)]
  const args = [
    ...['-hide_banner', '-loglevel', 'error', ...picture, '-framerate', String(FPS), '-i', 'pipe:0'],
    ...[...encoding, '-pix_fmt', 'yuv420p', '-f', 'flv', '-listen', '1', url],
  ]
  const server = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'inherit'] })
  // Whoever ends it closes its input too.
  server.stdin.on('error', () => {})
  let grey = 0
  let onFrame: (atMs: number) => void = () => {}
  const timer = setInterval(() => {
    onFrame(performance.now())
    server.stdin.write(Buffer.alloc(WIDTH * HEIGHT, grey))
  }, 1_000 / FPS)
  return {
    url,
    async show(next) {
      grey = next
      return await new Promise<number>((resolve) => {
        onFrame = resolve
      })
    },
    async stop() {
      clearInterval(timer)
      await end(server)
    },
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
