import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A fresh folder that goes when the process ends. */
export function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledgrab-test-'))
  folders.push(folder)
  return folder
}
