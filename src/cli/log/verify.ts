import { InvalidArgumentError } from 'commander'
import { PROBLEMS } from '../../http/jobs/verify-job.ts'
import { LogHead, type VerifyReport } from '../../protocol/api-log.ts'
import { ProgressBar } from '../progress-bar.ts'
import { countEntries } from '../terminal.ts'
import { toSafeJson } from './entry-printer.ts'
import { withLog } from './open-log.ts'
import type { SourceFlags } from './options.ts'

export interface VerifyFlags extends SourceFlags {
  readonly against?: LogHead
  readonly json?: boolean
}

/** Checks that the log is as it was written. The exit code is 1 when it is not. */
export async function verifyCommand({ against, ...flags }: VerifyFlags): Promise<void> {
  const report = await withLog(flags, async (log) => {
    const bar = new ProgressBar('Checking')
    try {
      return await log.verify(against, (...at) => bar.update(...at))
    } finally {
      bar.end()
    }
  })
  process.stdout.write(`${flags.json ? toSafeJson(report) : describe(report)}\n`)
  if (!report.ok) process.exitCode = 1
}

function describe(report: VerifyReport): string {
  const { checked, removed_through_seq: removedSeq, first_bad_seq: badSeq, problem, head } = report
  const place = `${head.seq}:${head.hash}`
  if (badSeq !== null) {
    return [
      `The log is not as it was written: entry ${badSeq} ${PROBLEMS[problem ?? 'altered']}.`,
      `Up to ${place} it holds.`,
    ].join('\n')
  }
  return [
    `The log is as it was written: ${countEntries(checked)} checked, the newest has the number ${head.seq}.`,
    ...(removedSeq > 0
      ? [`Entries up to number ${removedSeq} were removed before, by pruning or clearing.`]
      : []),
    'Kept elsewhere, its head shows later that the log was not rewritten, nor cut off at its end:',
    `  ledgrab log verify --against ${place}`,
  ].join('\n')
}

/** `SEQ:HASH`, as `verify` and the server log print it. */
export function parseHead(text: string): LogHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? []
  const head = LogHead.safeParse({ seq: Number(seq), hash: hash?.toLowerCase() })
  if (head.success) return head.data
  throw new InvalidArgumentError('It must be a number, a colon and 64 hex digits, as verify prints them.')
}
