import { arch, cpus, platform, totalmem } from 'node:os'
import Database from 'better-sqlite3'
import type { WrittenResult } from './report.ts'

/** Where a figure was measured. */
export function describeMachine(): WrittenResult['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
    node: process.version,
    sqlite: sqliteVersion(),
  }
}

function sqliteVersion(): string {
  const raw = new Database(':memory:')
  try {
    return raw.prepare('select sqlite_version()').pluck().get() as string
  } finally {
    raw.close()
  }
}
