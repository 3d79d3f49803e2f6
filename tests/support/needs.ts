import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'

type Suite = (name: string, test: () => void | Promise<void>) => void

/**
 * Registers a test that needs programs or rights this machine may lack. Without them it is skipped
 * and says why; under `CI=true` that is a failure, so that a missing install step shows.
 *
 * `root` among the needs stands for the rights to make network namespaces and mounts; `chromium` may be
 * named by `CHROMIUM_PATH`; `node-screenshots` is the optional package, with what it needs of the system.
 */
export function testWith(
  suite: Suite,
  needs: readonly string[],
  name: string,
  test: () => Promise<void>,
): void {
  const missing = needs.filter((need) => !has(need))
  if (missing.length === 0) {
    suite(name, test)
    return
  }
  const reason = `${name}: needs ${missing.join(', ')}`
  if (process.env.CI === 'true') {
    suite(name, () => {
      throw new Error(reason)
    })
    return
  }
  console.log(`SKIP ${reason}`)
}

function has(need: string): boolean {
  if (need === 'root') return process.getuid?.() === 0
  if (need === 'node-screenshots') return isLoadable(need)
  return need === 'chromium' && process.env.CHROMIUM_PATH !== undefined
    ? isExecutable(process.env.CHROMIUM_PATH)
    : isInstalled(need)
}

function isLoadable(library: string): boolean {
  try {
    createRequire(import.meta.url)(library)
    return true
  } catch {
    return false
  }
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
