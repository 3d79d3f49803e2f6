import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { openLedgrabStore } from '../../src/storage/ledgrab-store.ts'

/** A `ledgrab serve` of its own process on a folder whose log it leaves alone. */
export interface ServedLog {
  readonly url: string
  /** Bytes of memory the process holds now. */
  residentBytes(): Promise<number>
  stop(): Promise<void>
}

export async function serveLog(dataDir: string): Promise<ServedLog> {
  const store = await openLedgrabStore(join(dataDir, 'ledgrab.db'))
  await store.settings.setSetting('activity_log', { enabled: true, max_entries: 50_000_000, max_days: 3_650 })
  store.close()
  const args = ['bin/ledgrab.js', 'serve', '--port', '0', '--data-dir', dataDir]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, LEDGRAB_DISCOVERY__ENABLED: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const [, address] = /^listening on (\S+)$/m.exec(said) ?? []
      if (address !== undefined) resolve(address)
    })
  })
  return {
    url,
    residentBytes: async () => {
      const text = await (await fetch(new URL('/metrics', url))).text()
      return Number(/^ledgrab_process_resident_memory_bytes (\S+)$/m.exec(text)?.[1])
    },
    stop: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
