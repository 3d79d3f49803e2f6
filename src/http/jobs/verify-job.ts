import { randomBytes } from 'node:crypto'
import { type Verification, verifyLog } from '../../activity/verification.ts'
import type { LogHead, VerifyOrder, VerifyReport } from '../../protocol/api-log.ts'
import type { ChainFault, ChainLink } from '../../protocol/log-read.ts'
import type { Services } from '../services.ts'

const PROGRESS_MS = 200

/** What is the matter with an entry, after its number. */
export const PROBLEMS: Readonly<Record<ChainFault['problem'], string>> = {
  altered: 'was changed',
  missing: 'is missing',
  unexpected: 'was not written by LedGrab',
}

/** Walks the chain, tells watchers how far it is, and records what it found. */
export async function runVerification(
  services: Services,
  { against }: VerifyOrder,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { pool, activityFile, witness } = services
  const progress = new Progress(services)
  try {
    await witness.settle()
    const result = await verifyLog({
      readPage: (request) => pool.verifyPage({ file: activityFile, ...request }),
      against: against && { seq: against.seq, hash: Buffer.from(against.hash, 'hex') },
      witness,
      onProgress: (done, total = done) => progress.tell(done, total),
      signal,
    })
    recordVerified(services, result, against)
    progress.end('done')
    return toVerifyReport(result)
  } catch (cause) {
    progress.end('failed')
    throw cause
  }
}

/** The result as the API and the command tell it. */
export function toVerifyReport({ checked, anchorSeq, head, fault }: Verification): VerifyReport {
  return {
    ok: fault === null,
    checked,
    removed_through_seq: anchorSeq,
    first_bad_seq: fault?.seq ?? null,
    problem: fault?.problem ?? null,
    head: toHead(head),
  }
}

function recordVerified({ recorder }: Services, result: Verification, against: LogHead | undefined): void {
  const { checked, fault, head } = result
  recorder.record('system', 'activity_log_verified', {
    message: fault
      ? `The log is not as it was written: entry ${fault.seq} ${PROBLEMS[fault.problem]}.`
      : `The log was checked up to entry ${head.seq}: ${checked} entries, all as they were written.`,
    severity: fault ? 'error' : 'info',
    metadata: { ...toVerifyReport(result), ...(against && { against }) },
  })
}

function toHead({ seq, hash }: ChainLink): LogHead {
  return { seq, hash: Buffer.from(hash).toString('hex') }
}

/** `job_progress` events of one verification: the first page, five a second, and the end. */
class Progress {
  readonly #publish: Services['publish']
  readonly #jobId = `job_${randomBytes(6).toString('hex')}`
  #done = 0
  #total = 0
  #toldMs = Number.NEGATIVE_INFINITY

  constructor({ publish }: Pick<Services, 'publish'>) {
    this.#publish = publish
  }

  tell(done: number, total: number): void {
    this.#done = done
    // What is pruned or added meanwhile moves the end.
    this.#total = Math.max(done, total)
    const nowMs = performance.now()
    if (nowMs - this.#toldMs < PROGRESS_MS) return
    this.#toldMs = nowMs
    this.#send('running')
  }

  end(state: 'done' | 'failed'): void {
    this.#send(state)
  }

  #send(state: 'running' | 'done' | 'failed'): void {
    this.#publish({
      type: 'job_progress',
      job: 'verify',
      job_id: this.#jobId,
      state,
      done: this.#done,
      total: this.#total,
    })
  }
}
