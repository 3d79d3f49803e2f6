import { toActivityEntry, toReadableJson } from '../src/activity/entry.ts'
import { seqOfEntryId } from '../src/activity/entry-id.ts'
import type { ActivityEntry } from '../src/protocol/activity.ts'
import type {
  CatchUpRequest,
  CatchUpResult,
  FindRequest,
  HourCountsResult,
  PageRequest,
  PageResult,
  PrunableRequest,
  PrunableResult,
  StretchRequest,
} from '../src/protocol/log-read.ts'
import { readerOf } from './log/reader.ts'

/** A page of the log, newest first, serialised away from the main thread. */
export async function queryPage(request: PageRequest): Promise<PageResult> {
  const { repository, readSalt } = readerOf(request.file)
  // The head first, and no entry beyond it: who goes on from there on the event socket misses nothing
  // and hears nothing twice.
  const { headSeq } = await repository.readState()
  const beforeSeq = Math.min(request.beforeSeq ?? Number.POSITIVE_INFINITY, headSeq + 1)
  const page = await repository.query(request.filters, request.limit, beforeSeq)
  const salt = await readSalt()
  // A page that holds all there is needs no second scan.
  const isAll = request.beforeSeq === null && page.nextBeforeSeq === null
  return {
    entries: page.rows.map((row) => toActivityEntry(row, salt)),
    nextBeforeSeq: page.nextBeforeSeq,
    total: isAll ? page.rows.length : await repository.count(request.filters),
    headSeq,
  }
}

/**
 * What a watcher is missing, oldest first. Not `toEntryJson`: metadata that somebody edited into what is
 * no JSON must not reach a watcher as a frame it cannot read.
 */
export async function readAfter(request: CatchUpRequest): Promise<CatchUpResult> {
  const { repository, readSalt } = readerOf(request.file)
  const salt = await readSalt()
  const page = await repository.readAfter(request.afterSeq, request.filters, request.limit)
  return {
    entries: page.rows.map((row) => ({ seq: row.seq, json: toReadableJson(row, salt) })),
    anchorSeq: page.anchorSeq,
    scannedSeq: page.scannedSeq,
  }
}

/** The entry with this id; null when there is none (any more). */
export async function findEntry({ file, id }: FindRequest): Promise<ActivityEntry | null> {
  const { repository, readSalt } = readerOf(file)
  const salt = await readSalt()
  const seq = seqOfEntryId(id, salt)
  const row = seq === undefined ? undefined : await repository.findBySeq(seq)
  return row === undefined ? null : toActivityEntry(row, salt)
}

/** Counts by hour and category in a stretch of the log. */
export async function countHours({ file, filters, ...range }: StretchRequest): Promise<HourCountsResult> {
  return await readerOf(file).stretches.countHours(filters, range)
}

/** What retention would let go in a stretch of the log. */
export async function findPrunable({ file, rule, last }: PrunableRequest): Promise<PrunableResult> {
  return await readerOf(file).stretches.findPrunable(rule, last)
}
