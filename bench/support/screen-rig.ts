import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startXScreen } from '../../tests/support/x-screen.ts'
import { XWindow } from '../../tests/support/x-window.ts'
import { endChild, pidOf, spawnModule } from './child.ts'
import { LightServer } from './light-server.ts'

export const WIDTH_PX = 1_920
export const HEIGHT_PX = 1_080
export const FPS = 60
export const LEDS = 300

/** Why nothing can be measured on a screen here; undefined: it can. */
export function findMissing(): string | undefined {
  const missing = ['Xvfb', 'ffmpeg'].filter((name) => spawnSync(name, ['-version']).error !== undefined)
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not found`
}

/** An X screen of 1920x1080 with a window over all of it. */
export async function withScreen<T>(work: (display: string, window: XWindow) => Promise<T>): Promise<T> {
  const screen = await startXScreen(WIDTH_PX, HEIGHT_PX)
  try {
    const window = await XWindow.open(screen.display, WIDTH_PX, HEIGHT_PX)
    const result = await work(screen.display, window)
    window.close()
    return result
  } finally {
    await screen.stop()
  }
}

/** Something that sends what a screen shows to a UDP port of loopback, in processes of its own. */
export interface Sender {
  readonly name: string
  /** @returns its process, and how to end it. */
  start(display: string, port: number): Promise<{ readonly pid: number; stop(): Promise<void> }>
}

export const OURS: Sender = {
  name: 'LedGrab',
  async start(display, port) {
    const folder = mkdtempSync(join(tmpdir(), 'ledgrab-bench-'))
    const server = await LightServer.start(['--data-dir', folder])
    const { id } = await server.post('/api/v1/sources', { name: 'Screen', type: 'screen', display, fps: FPS })
    await server.light('Desk', id, { port, led_count: LEDS }, { skip_black_bars: false })
    const stop = async (): Promise<void> => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    return { pid: server.pid, stop }
  },
}

export const BARE_PIPE = toPeer('the bare ffmpeg pipe', '../peers/bare-pipe.process.js', (display, port) => [
  display,
  String(FPS),
  String(LEDS),
  String(port),
])

export const SCREENSHOTS = toPeer(
  'the npm package node-screenshots',
  '../peers/screenshots.process.js',
  (_display, port) => [String(LEDS), String(port)],
)

function toPeer(
  name: string,
  module: string,
  toArgs: (display: string, port: number) => readonly string[],
): Sender {
  return {
    name,
    async start(display, port) {
      const child = spawnModule(new URL(module, import.meta.url), toArgs(display, port), { DISPLAY: display })
      return { pid: pidOf(child), stop: () => endChild(child) }
    },
  }
}
