import { existsSync, readFileSync } from 'node:fs'

/** LedGrab's version, from the `package.json` above this file, in source and in the build. */
export function readVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL('package.json', folder)
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    if (folder.pathname === new URL('..', folder).pathname) return '0.0.0'
  }
}
