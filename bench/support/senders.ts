import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endChild, pidOf, spawnModule } from './child.ts'
import { LightServer } from './light-server.ts'

/** Of the strip that all senders light. */
export const LEDS = 300

/** Something that sends what `place` shows to a UDP port of loopback, in processes of its own. */
export interface Sender {
  readonly name: string
  /**
   * @param place an X display, or the file of a film.
   * @returns its process, and how to end it.
   */
  start(place: string, port: number): Promise<{ readonly pid: number; stop(): Promise<void> }>
}

/** A server with one source and one light, without smoothing. */
export function toLedgrab(toSource: (place: string) => object): Sender {
  return {
    name: 'LedGrab',
    async start(place, port) {
      const folder = mkdtempSync(join(tmpdir(), 'ledgrab-bench-'))
      const server = await LightServer.start(['--data-dir', folder])
      const { id } = await server.post('/api/v1/sources', { name: 'Picture', ...toSource(place) })
      await server.light('Desk', id, { port, led_count: LEDS }, { skip_black_bars: false })
      const stop = async (): Promise<void> => {
        await server.stop()
        rmSync(folder, { recursive: true, force: true })
      }
      return { pid: server.pid, stop }
    },
  }
}

/** @param toInput what ffmpeg is told to read. */
export function toBarePipe(toInput: (place: string) => readonly string[]): Sender {
  const module = '../peers/bare-pipe.process.js'
  return toPeer('the bare ffmpeg pipe', module, (place, port) => [
    String(LEDS),
    String(port),
    ...toInput(place),
  ])
}

/** @param toArgs those of the module, a process of its own. */
export function toPeer(
  name: string,
  module: string,
  toArgs: (place: string, port: number) => readonly string[],
  toEnv: (place: string) => Readonly<Record<string, string>> = () => ({}),
): Sender {
  return {
    name,
    async start(place, port) {
      const child = spawnModule(new URL(module, import.meta.url), toArgs(place, port), toEnv(place))
      return { pid: pidOf(child), stop: () => endChild(child) }
    },
  }
}
