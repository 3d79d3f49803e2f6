import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A file of this folder that is not TypeScript: the bench runs compiled, and those stay where they are. */
export function findBenchFile(...path: readonly string[]): string {
  const file = join(process.cwd(), 'bench', ...path)
  if (!existsSync(file)) throw new Error('run the bench in the folder of the project')
  return file
}
