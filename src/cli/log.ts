import { type Command, Option } from 'commander'
import { EXPORT_FORMATS } from '../protocol/log-read.ts'
import { RetentionSettings } from '../protocol/retention.ts'
import { clearCommand } from './log/clear.ts'
import { exportCommand } from './log/export.ts'
import { followCommand } from './log/follow.ts'
import { type ListFlags, listCommand } from './log/list.ts'
import { addFilterOptions, addSourceOptions, integerOf } from './log/options.ts'
import { pruneCommand } from './log/prune.ts'
import { salvageCommand } from './log/salvage.ts'
import { STATS_STEPS, statsCommand } from './log/stats.ts'
import { parseHead, verifyCommand } from './log/verify.ts'
import { endWithReader } from './terminal.ts'

const DEFAULT_LIMIT = 50
/** They are held in memory, to be printed oldest first; `export` has no such limit. */
const MAX_LIMIT = 100_000

/** `ledgrab log` lists or follows; its subcommands do the rest. */
export function addLogCommand(program: Command): void {
  const log = program.command('log').description('show the activity log: who did what, when and from where')
  // Options after a subcommand's name are the subcommand's. Without it on both, `log clear --data-dir DIR`
  // would leave the folder to `log` and clear the server's.
  program.enablePositionalOptions()
  log.enablePositionalOptions()
  log.hook('preAction', endWithReader)
  addListing(log)
  addExport(log)
  addVerify(log)
  addStats(log)
  addPrune(log)
  addClear(log)
  addSalvage(log)
}

function addListing(log: Command): void {
  log
    .option('-n, --limit <number>', 'how many entries, the newest', integerOf(0, MAX_LIMIT), DEFAULT_LIMIT)
    .addOption(
      new Option('-f, --follow', 'then print each new entry as it comes, until Ctrl-C').conflicts([
        'until',
        'dataDir',
      ]),
    )
    .option('--json', 'one entry a line as JSON (NDJSON), for programs')
  addSourceOptions(addFilterOptions(log))
    .addHelpText(
      'after',
      `
The oldest entry comes first and the newest last. Times are local. On a terminal warnings are yellow and
errors red, unless NO_COLOR is set.

Examples:
  $ ledgrab log --since 2h
  $ ledgrab log --severity warning,error --since yesterday
  $ ledgrab log --action target_stopped --entity target/tgt_3f2a9c01d4e5
  $ ledgrab log --follow --category device
  $ ledgrab log --json --limit 1000 | jq -r .actor | sort | uniq -c
  $ ledgrab log --data-dir ~/.local/share/ledgrab --grep "TV lights"`,
    )
    .action(async (flags: ListFlags & { readonly follow?: boolean }) => {
      await (flags.follow ? followCommand(flags) : listCommand(flags))
    })
}

function addExport(log: Command): void {
  const command = log
    .command('export')
    .description('write all entries that match, oldest first, to a file or to standard output')
    .addOption(new Option('--format <format>', 'how to write them').choices(EXPORT_FORMATS).default('ndjson'))
    .option('-o, --output <file>', 'the file; it gets its name once it is whole')
  addSourceOptions(addFilterOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ ledgrab log export --format csv --output november.csv --since 2026-11-01 --until 2026-12-01
  $ ledgrab log export --data-dir /backup/ledgrab | gzip > log.ndjson.gz`,
    )
    .action(exportCommand)
}

function addVerify(log: Command): void {
  const command = log
    .command('verify')
    .description('check that nobody has changed, removed or inserted an entry')
    .option('--against <seq:hash>', 'a head noted before, which the log must still contain', parseHead)
    .option('--json', 'print the result as JSON')
  addSourceOptions(command)
    .addHelpText(
      'after',
      `
Exits with 1 and names the first bad entry when the log is not as it was written. An end that was cut off
shows only against a head noted elsewhere: verify prints one, and so does the server to its own log.

Examples:
  $ ledgrab log verify
  $ ledgrab log verify --data-dir /backup/ledgrab --against 4711:9f86d081884c7d65…`,
    )
    .action(verifyCommand)
}

function addStats(log: Command): void {
  const command = log
    .command('stats')
    .description('count the entries that match by category and time')
    .addOption(new Option('--by <step>', 'one line a day or an hour').choices(STATS_STEPS).default('day'))
    .option('--json', 'print the counts of each hour (UTC) as JSON')
  addSourceOptions(addFilterOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ ledgrab log stats --since 7d
  $ ledgrab log stats --by hour --severity error`,
    )
    .action(statsCommand)
}

function addPrune(log: Command): void {
  const { max_days: days, max_entries: entries } = RetentionSettings.shape
  const boundsOf = ({ minValue, maxValue }: { minValue: number | null; maxValue: number | null }) =>
    integerOf(minValue ?? 0, maxValue ?? Number.MAX_SAFE_INTEGER)
  const command = log
    .command('prune')
    .description('remove old entries now, by the stored limits or by others')
    .option('--dry-run', 'only tell what would be removed')
    .option('--max-days <number>', 'remove what is older than this many days', boundsOf(days.unwrap()))
    .option('--max-entries <number>', 'keep the newest this many entries', boundsOf(entries.unwrap()))
    .option('--json', 'print the result as JSON')
  addSourceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ ledgrab log prune --dry-run
  $ ledgrab log prune --max-days 30`,
    )
    .action(pruneCommand)
}

function addClear(log: Command): void {
  const command = log
    .command('clear')
    .description('wipe the log; who did it is its next entry')
    .option('--yes', 'do not ask')
    .option('--json', 'print the result as JSON')
  addSourceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ ledgrab log clear
  $ ledgrab log clear --yes --data-dir ~/.local/share/ledgrab`,
    )
    .action(clearCommand)
}

function addSalvage(log: Command): void {
  log
    .command('salvage')
    .description('write what can be read of a damaged log as NDJSON, oldest first')
    .argument('<file>', 'the file that was put aside, activity.db.damaged-…')
    .option('-o, --output <file>', 'the file to write; default: standard output')
    .addHelpText(
      'after',
      `
The damaged file is only read. What could not be read is told on standard error.

Examples:
  $ ledgrab log salvage ~/.local/share/ledgrab/activity.db.damaged-20261123T043449Z -o saved.ndjson`,
    )
    .action(salvageCommand)
}
