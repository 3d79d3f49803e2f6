import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LedGrabError } from '../../errors.ts'
import { TAR_END, type TarEntry, toTarHeader, toTarPadding } from '../../lib/tar.ts'
import { dataDirFiles } from '../../storage/data-dir.ts'
import type { TaskPool } from '../../threads/task-pool.ts'

/** Holds the copies while they are handed out; what a crash left there goes with the next backup. */
const FOLDER = 'backup.tmp'
/** In the order of the archive, as a data directory has them. */
const NAMES = ['activity.db', 'ledgrab.db'] as const

export interface BackupOptions {
  readonly dataDir: string
  readonly pool: Pick<TaskPool, 'copyDatabase'>
}

/** Copies of both databases on disk, one backup at a time. */
export class Backup {
  readonly #options: BackupOptions
  readonly #folder: string
  #isRunning = false

  constructor(options: BackupOptions) {
    this.#options = options
    this.#folder = join(options.dataDir, FOLDER)
  }

  /** Makes the copies. `release` after that. @throws `LG_ENTITY_WRONG_STATE` while another is made */
  async make(): Promise<readonly TarEntry[]> {
    if (this.#isRunning) {
      throw new LedGrabError('LG_ENTITY_WRONG_STATE', 'a backup is being made; wait for its end')
    }
    this.#isRunning = true
    try {
      return await this.#copyAll()
    } catch (cause) {
      await this.release()
      throw cause
    }
  }

  /** The archive's bytes, read as they are consumed. */
  async *chunks(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
    for (const entry of entries) {
      yield toTarHeader(entry)
      yield* createReadStream(join(this.#folder, entry.name)) as AsyncIterable<Uint8Array>
      yield toTarPadding(entry.sizeBytes)
    }
    yield TAR_END
  }

  /** Removes the copies. */
  async release(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
    this.#isRunning = false
  }

  async #copyAll(): Promise<readonly TarEntry[]> {
    const { dataDir, pool } = this.#options
    const files = dataDirFiles(dataDir)
    await rm(this.#folder, { recursive: true, force: true })
    await mkdir(this.#folder, { mode: 0o700 })
    const entries: TarEntry[] = []
    for (const [index, file] of [files.activity, files.ledgrab].entries()) {
      const name = NAMES[index] ?? NAMES[0]
      const copy = join(this.#folder, name)
      await pool.copyDatabase({ file, copy })
      const { size, mtimeMs } = await stat(copy)
      entries.push({ name, sizeBytes: size, modifiedMs: mtimeMs })
    }
    return entries
  }
}
