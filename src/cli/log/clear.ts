import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { LedGrabError } from '../../errors.ts'
import { countEntries } from '../terminal.ts'
import { toSafeJson } from './entry-printer.ts'
import { withLog } from './open-log.ts'
import type { SourceFlags } from './options.ts'

export interface ClearFlags extends SourceFlags {
  readonly yes?: boolean
  readonly json?: boolean
}

/** Wipes the log once somebody has said that they mean it. */
export async function clearCommand(flags: ClearFlags, command: Command): Promise<void> {
  if (!flags.yes) await confirm(command)
  const report = await withLog(flags, (log) => log.clear())
  const said = `The log was cleared of its ${countEntries(report.removed)}.`
  process.stdout.write(`${flags.json ? toSafeJson(report) : said}\n`)
}

async function confirm(command: Command): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    command.error('error: clearing the log cannot be taken back; confirm it with --yes')
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const asked = lines.question('All entries of the activity log go, for good. Type "yes" to clear it: ')
    // At the end of the input, or at Ctrl-C, the question stays unanswered.
    const answer = await Promise.race([asked, once(lines, 'close').then(() => '')])
    if (answer.trim() !== 'yes') throw new LedGrabError('LG_CLI_FAILED', 'nothing was cleared')
  } finally {
    lines.close()
  }
}
