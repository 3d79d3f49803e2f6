import { LedGrabError } from '../errors.ts'
import type { ChainFault, ChainLink, VerifyPage, VerifyPageRequest } from '../protocol/log-read.ts'
import { isSameHash } from './chain.ts'
import type { LogWitness } from './witness.ts'

const PAGE_ROWS = 1_000

export interface VerificationOptions {
  /** Reads and checks the next entries, away from this thread. */
  readonly readPage: (request: Omit<VerifyPageRequest, 'file'>) => Promise<VerifyPage>
  /** A head that somebody noted before. */
  readonly against?: ChainLink | undefined
  /** Of the server that writes this log; without one the log is checked to its end. */
  readonly witness?: Pick<LogWitness, 'head' | 'anchorSeq' | 'settle'> | undefined
  /** Entries checked so far; `total` is undefined where there is no witness to know it. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Verification {
  readonly checked: number
  /** Everything up to here was pruned or cleared before; 0: the log is there from its beginning. */
  readonly anchorSeq: number
  /** How far the walk has come. */
  readonly head: ChainLink
  /** The first place where the log is not as it was written; null when it is. */
  readonly fault: ChainFault | null
}

/**
 * Walks the chain from its anchor, page by page. What is pruned or cleared meanwhile is no fault, nor is
 * what a crash left behind.
 *
 * @throws `LG_ENTITY_WRONG_STATE` when the noted head was pruned: it can vouch for nothing any more
 */
export async function verifyLog(options: VerificationOptions): Promise<Verification> {
  const { readPage, against, witness, onProgress, signal } = options
  const known = [against, witness?.head].filter((link) => link !== undefined)
  const total = witness && Math.max(0, witness.head.seq - witness.anchorSeq)
  // Links the walk must pass through, each with just this hash.
  let ahead = known.toSorted((one, other) => one.seq - other.seq)
  let from: ChainLink | null = null
  let checked = 0
  for (;;) {
    signal?.throwIfAborted()
    const throughSeq: number | null = ahead[0]?.seq ?? null
    const page: VerifyPage = await readPage({ from, throughSeq, limit: PAGE_ROWS })
    const head = page.head
    checked += page.checked
    from = head
    onProgress?.(checked, total)
    const fault =
      page.fault ?? findForgedAnchor(page, witness) ?? findOther(ahead, head) ?? findMissing(throughSeq, page)
    const { anchorSeq } = page
    if (fault) return { checked, anchorSeq, head, fault }
    if (against && ahead.includes(against) && against.seq < head.seq) throw toPrunedError(against.seq)
    ahead = ahead.filter(({ seq }) => seq > head.seq)
    const isDone = witness ? ahead.length === 0 : throughSeq === null && page.isEnd
    if (isDone) return { checked, anchorSeq, head, fault: await findForgedTail(page, witness) }
  }
}

/** An anchor beyond what the server pruned: somebody cut off the beginning. */
function findForgedAnchor(page: VerifyPage, witness: VerificationOptions['witness']): ChainFault | null {
  if (!witness || page.anchorSeq <= witness.anchorSeq) return null
  return { seq: witness.anchorSeq + 1, problem: 'missing' }
}

/** A link that holds by itself and is not the one that was there. */
function findOther(ahead: readonly ChainLink[], head: ChainLink): ChainFault | null {
  const isOther = ahead.some(({ seq, hash }) => seq === head.seq && !isSameHash(hash, head.hash))
  return isOther ? { seq: head.seq, problem: 'altered' } : null
}

/** A tail that ends before a link that was there. */
function findMissing(throughSeq: number | null, { head, isEnd }: VerifyPage): ChainFault | null {
  const isShort = isEnd && throughSeq !== null && head.seq < throughSeq
  return isShort ? { seq: head.seq + 1, problem: 'missing' } : null
}

/** Entries after the newest that the server has written. */
async function findForgedTail(
  { newestSeq }: VerifyPage,
  witness: VerificationOptions['witness'],
): Promise<ChainFault | null> {
  if (!witness || newestSeq <= witness.head.seq) return null
  // A group may have been committed a moment ago.
  await witness.settle()
  return newestSeq <= witness.head.seq ? null : { seq: witness.head.seq + 1, problem: 'unexpected' }
}

function toPrunedError(seq: number): LedGrabError {
  return new LedGrabError(
    'LG_ENTITY_WRONG_STATE',
    `entry ${seq} was pruned or cleared since its hash was noted, so that the hash proves nothing any more; use one of a newer entry`,
    { field: 'against' },
  )
}
