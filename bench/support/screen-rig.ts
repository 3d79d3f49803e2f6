import { spawnSync } from 'node:child_process'
import { startXScreen } from '../../tests/support/x-screen.ts'
import { XWindow } from '../../tests/support/x-window.ts'
import { LEDS, toBarePipe, toLedgrab, toPeer } from './senders.ts'

export const WIDTH_PX = 1_920
export const HEIGHT_PX = 1_080
export const FPS = 60

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

export const OURS = toLedgrab((display) => ({ type: 'screen', display, fps: FPS }))

export const BARE_PIPE = toBarePipe((display) => [
  ...['-f', 'x11grab', '-framerate', String(FPS), '-draw_mouse', '0', '-i', display],
])

export const SCREENSHOTS = toPeer(
  'the npm package node-screenshots',
  '../peers/screenshots.process.js',
  (_display, port) => [String(LEDS), String(port)],
  (display) => ({ DISPLAY: display }),
)
