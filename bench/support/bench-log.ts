import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ActivityLog, type ActivityLogOptions } from '../../src/activity/activity-log.ts'
import { Checkpointer } from '../../src/activity/checkpointer.ts'
import { checkpoint } from '../../src/storage/open.ts'
import { TaskPool } from '../../src/threads/task-pool.ts'

/** A log as the server has it: its recorder, and checkpoints in another thread. */
export interface BenchLog {
  readonly log: ActivityLog
  readonly file: string
  readonly pool: TaskPool
  close(): Promise<void>
}

export async function openBenchLog(
  file: string,
  options: Partial<ActivityLogOptions> = {},
): Promise<BenchLog> {
  const pool = new TaskPool()
  await pool.start()
  const log = await ActivityLog.open(file, {
    enabled: true,
    replaceDamaged: false,
    publish: () => {},
    warn: (message, fields) => console.error(message, fields),
    ...options,
    onCommitTimed: (rows, tookMs) => {
      options.onCommitTimed?.(rows, tookMs)
      checkpointer.noteCommit(rows)
    },
  })
  const checkpointer = new Checkpointer({
    checkpointBeside: () => pool.checkpoint(file),
    checkpointHere: () => checkpoint(log.file.raw),
    warn: (message, cause) => console.error(message, cause),
  })
  return {
    log,
    file,
    pool,
    close: async () => {
      await log.recorder.flush()
      checkpointer.stop()
      await pool.stop()
      log.file.raw.close()
    },
  }
}

/** Runs `work` with a folder that goes afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ledgrab-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
