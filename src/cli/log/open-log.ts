import { toApiAddress } from '../api-client.ts'
import { FileLog } from './file-log.ts'
import type { LogSource } from './log-source.ts'
import type { SourceFlags } from './options.ts'
import { ServerLog } from './server-log.ts'

/** Opens the log that the flags name, runs `work` with it and closes it again. */
export async function withLog<T>(flags: SourceFlags, work: (log: LogSource) => Promise<T>): Promise<T> {
  const { dataDir } = flags
  const log = dataDir === undefined ? new ServerLog(toApiAddress(flags)) : await FileLog.open(dataDir)
  try {
    return await work(log)
  } finally {
    await log.close()
  }
}
