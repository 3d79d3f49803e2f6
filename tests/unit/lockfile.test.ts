import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const lockfile = suite('package-lock.json')

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
) as { readonly packages: Readonly<Record<string, LockedPackage>> }

// npm leaves out what its registry could not deliver, and `npm ci` then refuses the file on every
// platform. Such entries are written by hand, without a checksum.
lockfile('has an entry for each optional package, those of other platforms included', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  )
  assert.equal(missing, [])
})

lockfile('names no registry', () => {
  const entries = Object.entries(packages)
  assert.ok(entries.length > 100)
  assert.equal(
    entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
    [],
  )
})

lockfile.run()
