import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import type Database from 'better-sqlite3'

const PAGE_BYTES = 4_096

/** Overwrites all pages of a database but the first with what no page looks like. */
export function damagePages(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    const { size } = fstatSync(handle)
    const garbage = Buffer.alloc(PAGE_BYTES, 0xff)
    for (let offset = PAGE_BYTES; offset < size; offset += PAGE_BYTES)
      writeSync(handle, garbage, 0, PAGE_BYTES, offset)
  } finally {
    closeSync(handle)
  }
}

/** As `damagePages`, under a connection that has the file open and would go on from its memory. */
export function damageUnder(raw: Database.Database, file: string): void {
  raw.pragma('wal_checkpoint(TRUNCATE)')
  damagePages(file)
  raw.pragma('shrink_memory')
}
