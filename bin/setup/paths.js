import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder to make ready: the one `bin/` is in. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

export const modules = join(root, 'node_modules')
/** What npm was asked to install, and what it did install. */
export const lockfile = join(root, 'package-lock.json')
export const installedLockfile = join(modules, '.package-lock.json')
export const installStamp = join(modules, '.ledgrab-setup')

export const dist = join(root, 'dist')
export const nextDist = join(root, 'dist.next')
export const oldDist = join(root, 'dist.old')
/** Its name inside a dist folder. */
export const BUILD_STAMP = '.ledgrab-build'
export const compiler = join(modules, 'typescript', 'bin', 'tsc')

export const setupLock = join(root, '.ledgrab-setup.lock')

/** Makes the web page out of src/web. */
export const pageBuilder = join(modules, 'vite', 'bin', 'vite.js')
