import { checkAnchor, checkLinks, isSameHash } from '../src/activity/chain.ts'
import type { ChainFault, ChainLink, VerifyPage, VerifyPageRequest } from '../src/protocol/log-read.ts'
import { readerOf } from './log/reader.ts'

const NO_LINK: ChainLink = { seq: 0, hash: Buffer.alloc(32) }

/** Checks the next entries of the chain. Salt and anchor are read with them: they may be forged too. */
export async function verifyPage(request: VerifyPageRequest): Promise<VerifyPage> {
  const { file, from, throughSeq, limit } = request
  const chain = await readerOf(file).stretches.readChain(from?.seq ?? null, throughSeq, limit)
  if (chain === undefined) return failed(from ?? NO_LINK, { seq: 0, problem: 'missing' }, 0)
  const { meta, straySeq, newestSeq, rows } = chain
  const anchor: ChainLink = { seq: meta.anchor_seq, hash: meta.anchor_hash }
  const fault = checkAnchor(meta, straySeq)
  if (fault) return failed(from ?? NO_LINK, fault, newestSeq)
  // What was pruned or cleared while we walk is gone: the chain goes on from its new anchor.
  const start = from !== null && from.seq >= anchor.seq ? from : anchor
  if (start.seq === anchor.seq && !isSameHash(start.hash, anchor.hash)) {
    return failed(start, { seq: start.seq, problem: 'altered' }, newestSeq)
  }
  const check = checkLinks(rows, start, meta.salt)
  return { ...check, anchorSeq: anchor.seq, newestSeq, isEnd: rows.length < limit }
}

function failed(head: ChainLink, fault: ChainFault, newestSeq: number): VerifyPage {
  return { checked: 0, head, fault, anchorSeq: head.seq, newestSeq, isEnd: true }
}
