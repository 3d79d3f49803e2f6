import { readFileSync } from 'node:fs'

/**
 * A sentence for the user when this Node.js is older than package.json asks for; undefined when it will do.
 * Written so that old versions can still read it.
 */
export function nodeTooOld() {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const wanted = toNumbers(manifest.engines.node)
  const actual = toNumbers(process.versions.node)
  const isTooOld = actual[0] < wanted[0] || (actual[0] === wanted[0] && actual[1] < wanted[1])
  if (!isTooOld) return undefined
  return `LedGrab needs Node.js ${wanted.join('.')} or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`
}

function toNumbers(version) {
  return version.replace(/^\D+/, '').split('.').map(Number)
}
