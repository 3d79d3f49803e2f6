import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tempDir } from '../../tests/support/temp-dir.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

// Made once: a server is started hundreds of times, and from sources each start takes four times as long.
let built: string | undefined

/** The compiled flood server, in a folder that goes with this process. */
export function builtFloodServer(): string {
  built ??= build()
  return join(built, 'faults', 'support', 'flood-server.js')
}

function build(): string {
  const folder = tempDir()
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const project = join(root, 'faults', 'tsconfig.json')
  execFileSync(process.execPath, [compiler, '--project', project, '--outDir', folder], { encoding: 'utf8' })
  return folder
}
