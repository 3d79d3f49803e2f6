import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { withDeadline } from '../../src/lib/deadline.ts'

export interface XScreen {
  /** `:N`, a number that was free. */
  readonly display: string
  /** Fills the screen with what an ffmpeg lavfi graph with the output `out0` paints. */
  show(lavfiGraph: string): void
  /** Plays a film over the whole screen, at its own speed. */
  play(file: string): void
  /** Gives the screen another size, at most the one it was made with. */
  resize(widthPx: number, heightPx: number): void
  stop(): Promise<void>
}

/** A real X server without a monitor, of its own for one test. */
export async function startXScreen(widthPx = 640, heightPx = 360): Promise<XScreen> {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${widthPx}x${heightPx}x24`, '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  )
  const painters: ChildProcess[] = []
  const [number] = await withDeadline(once(server.stdio[3] as Readable, 'data'), 20_000, 'the X server')
  const display = `:${String(number).trim()}`
  return {
    display,
    show(lavfiGraph) {
      painters.push(paint(display, ['-f', 'lavfi', '-i', lavfiGraph], widthPx, heightPx))
    },
    play(file) {
      painters.push(paint(display, ['-i', file], widthPx, heightPx))
    },
    resize(width, height) {
      // Without a monitor xrandr complains of its output and does it nevertheless.
      const env = { ...process.env, DISPLAY: display }
      spawnSync('xrandr', ['--fb', `${width}x${height}`], { env, timeout: 10_000 })
    },
    async stop() {
      for (const child of [...painters, server]) await end(child)
    },
  }
}

function paint(display: string, input: readonly string[], widthPx: number, heightPx: number): ChildProcess {
  const place = ['-noborder', '-left', '0', '-top', '0', '-x', String(widthPx), '-y', String(heightPx)]
  return spawn('ffplay', ['-loglevel', 'error', '-an', ...place, ...input], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display, SDL_VIDEODRIVER: 'x11', SDL_RENDER_DRIVER: 'software' },
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
