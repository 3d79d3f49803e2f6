import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../../tests/support/temp-dir.ts'

const CHUNK = Buffer.alloc(64 * 1024, 1)
const FILLER = 'filler'

/** Why no disk can be made here; undefined where one can. */
export function noDiskReason(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root, to mount a small disk'
  return undefined
}

/** A file system of its own for one scenario, that can be filled, or made to fail. */
export interface SmallDisk {
  readonly folder: string
  /** Leaves room for nothing. */
  fill(): void
  free(): void
  /** From now on nothing can be written, as on a card that gave up. It cannot be undone. */
  breakWriting(): void
  remove(): void
}

/** In memory: quick, and gone with the machine. */
export function mountMemoryDisk(megabytes: number): SmallDisk {
  const folder = tempDir()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'ledgrab-faults', folder])
  return toDisk(folder)
}

/** ext4 in a file: what becomes read-only when the disk below reports errors. */
export function mountFileDisk(megabytes: number): SmallDisk {
  const image = join(tempDir(), 'disk.img')
  closeSync(openSync(image, 'w'))
  truncateSync(image, megabytes * 1024 * 1024)
  execFileSync('mkfs.ext4', ['-q', image])
  const folder = tempDir()
  execFileSync('mount', ['-o', 'loop', image, folder])
  return toDisk(folder)
}

function toDisk(folder: string): SmallDisk {
  const filler = join(folder, FILLER)
  return {
    folder,
    fill: () => fill(filler),
    free: () => rmSync(filler),
    breakWriting: () => {
      execFileSync('mount', ['-o', 'remount,abort', folder])
    },
    remove: () => {
      // Lazily: a reader of this process may still have a file of it open.
      execFileSync('umount', ['--lazy', folder])
    },
  }
}

function fill(file: string): void {
  const handle = openSync(file, 'w')
  try {
    for (;;) writeSync(handle, CHUNK)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause
  } finally {
    closeSync(handle)
  }
}
