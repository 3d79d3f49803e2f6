import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A fresh folder that goes when the process ends. */
export function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledgrab-test-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
