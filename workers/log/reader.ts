import { ActivityLogRepository } from '../../src/activity/repository.ts'
import { StretchReader } from '../../src/activity/stretch-reader.ts'
import { openActivityReader } from '../../src/storage/open.ts'

export interface LogReader {
  readonly repository: ActivityLogRepository
  readonly stretches: StretchReader
  /** What the ids of this log are mixed with. */
  readSalt(): Promise<number>
}

// One connection a thread, kept between tasks: opening costs more than most queries. It is closed
// with the thread.
let open: { readonly file: string; readonly reader: LogReader } | undefined

/** This thread's reader of the log in `file`. */
export function readerOf(file: string): LogReader {
  if (open?.file === file) return open.reader
  const database = openActivityReader(file)
  const repository = new ActivityLogRepository(database)
  let salt: number | undefined
  const reader: LogReader = {
    repository,
    stretches: new StretchReader(database.db),
    readSalt: async () => {
      salt ??= (await repository.readState()).salt
      return salt
    },
  }
  open = { file, reader }
  return reader
}
