import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import type Database from 'better-sqlite3'

const PAGE_BYTES = 4_096

/**
 * Overwrites pages of a database with what no page looks like. Default: all but the first, which says
 * that it is a database. Page numbers begin with 1.
 */
export function damagePages(file: string, isDoomed: (page: number) => boolean = (page) => page > 1): void {
  const handle = openSync(file, 'r+')
  try {
    const pages = fstatSync(handle).size / PAGE_BYTES
    const garbage = Buffer.alloc(PAGE_BYTES, 0xff)
    for (let page = 1; page <= pages; page += 1) {
      if (isDoomed(page)) writeSync(handle, garbage, 0, PAGE_BYTES, (page - 1) * PAGE_BYTES)
    }
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
