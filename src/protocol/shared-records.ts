import { CATEGORIES, type Category } from './activity.ts'

/** How many records a worker may have on their way that are neither committed nor counted as lost. */
export const MAX_UNSETTLED_RECORDS = 4_096
/** UTF-8. A record has about 400 bytes as JSON, so the number above is reached first. */
export const MAX_UNREAD_BYTES = 4 * 2 ** 20

/**
 * What a worker and the main thread share about the worker's records. Memory rather than messages: what
 * is in it survives the thread, however it ends, and costs a third (measured).
 */
export interface SharedRecords {
  /** A `TextRing` of `WorkerDraft`s as JSON. */
  readonly texts: SharedArrayBuffer
  /** Words of 32 bits, by `COUNT`. */
  readonly counts: SharedArrayBuffer
}

export const COUNT = {
  /** 1 while the main thread is called and has not yet found the ring empty. */
  called: 0,
  /** Records the main thread is done with since the start, modulo 2^32. */
  settled: 1,
  /** One for each category, in the order of `CATEGORIES`: records dropped since the main thread last looked. */
  lost: 2,
} as const

export const COUNTS_BYTES = 4 * (COUNT.lost + CATEGORIES.length)

export function lostIndexOf(category: Category): number {
  return COUNT.lost + CATEGORIES.indexOf(category)
}
