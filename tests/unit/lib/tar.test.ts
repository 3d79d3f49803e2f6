import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TAR_END, toTarBytes, toTarHeader, toTarPadding } from '../../../src/lib/tar.ts'
import { tempDir } from '../../support/temp-dir.ts'

const tar = suite('tar')

tar('is read by tar: names, sizes, bytes and times', () => {
  const folder = tempDir()
  const files = [
    { name: 'empty', bytes: Buffer.alloc(0) },
    { name: 'one-block', bytes: Buffer.alloc(512, 1) },
    { name: 'a-bit-more', bytes: Buffer.alloc(1_025, 2) },
  ]
  const entries = files.map(({ name, bytes }) => ({
    name,
    sizeBytes: bytes.length,
    modifiedMs: 1_700_000_000_000,
  }))
  const parts = files.flatMap(({ bytes }, index) => {
    const entry = entries[index]
    return entry ? [toTarHeader(entry), bytes, toTarPadding(bytes.length)] : []
  })
  const archive = Buffer.concat([...parts, TAR_END])
  assert.is(archive.length, toTarBytes(entries))
  writeFileSync(join(folder, 'x.tar'), archive)
  const listed = execFileSync('tar', ['tvf', 'x.tar', '--utc', '--full-time'], {
    cwd: folder,
    encoding: 'utf8',
  })
  assert.match(listed, /-rw------- 0\/0 +1025 2023-11-14 22:13:20 a-bit-more/)
  execFileSync('tar', ['xf', 'x.tar'], { cwd: folder })
  for (const { name, bytes } of files) assert.equal(readFileSync(join(folder, name)), bytes)
})

tar('refuses what its header cannot say', () => {
  assert.throws(() => toTarHeader({ name: 'x'.repeat(101), sizeBytes: 1, modifiedMs: 0 }), RangeError)
  assert.throws(() => toTarHeader({ name: 'x', sizeBytes: 8 ** 11, modifiedMs: 0 }), RangeError)
})

tar.run()
