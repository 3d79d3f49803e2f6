import { toActivityEntry } from '../src/activity/entry.ts'
import { ActivityLogRepository } from '../src/activity/repository.ts'
import type { CatchUpRequest, CatchUpResult, PageRequest, PageResult } from '../src/protocol/log-read.ts'
import { openActivityReader } from '../src/storage/open.ts'

interface Reader {
  readonly file: string
  readonly repository: ActivityLogRepository
  readonly salt: number
}

// One connection a thread, kept between tasks: opening costs more than most queries. It is closed
// with the thread.
let reader: Reader | undefined

/** A page of the log, newest first, serialised away from the main thread. */
export async function queryPage(request: PageRequest): Promise<PageResult> {
  const { repository, salt } = await readerOf(request.file)
  // The head first, and no entry beyond it: who goes on from there on the event socket misses nothing
  // and hears nothing twice.
  const { headSeq } = await repository.readState()
  const beforeSeq = Math.min(request.beforeSeq ?? Number.POSITIVE_INFINITY, headSeq + 1)
  const page = await repository.query(request.filters, request.limit, beforeSeq)
  const total = await repository.count(request.filters)
  return {
    entries: page.rows.map((row) => toActivityEntry(row, salt)),
    nextBeforeSeq: page.nextBeforeSeq,
    total,
    headSeq,
  }
}

/**
 * What a watcher is missing, oldest first. Not `toEntryJson`: metadata that somebody edited into what is
 * no JSON must not reach a watcher as a frame it cannot read.
 */
export async function readAfter(request: CatchUpRequest): Promise<CatchUpResult> {
  const { repository, salt } = await readerOf(request.file)
  const page = await repository.readAfter(request.afterSeq, request.filters, request.limit)
  return {
    entries: page.rows.map((row) => ({ seq: row.seq, json: JSON.stringify(toActivityEntry(row, salt)) })),
    anchorSeq: page.anchorSeq,
    scannedSeq: page.scannedSeq,
  }
}

async function readerOf(file: string): Promise<Reader> {
  if (reader?.file === file) return reader
  const repository = new ActivityLogRepository(openActivityReader(file).db)
  const { salt } = await repository.readState()
  reader = { file, repository, salt }
  return reader
}
