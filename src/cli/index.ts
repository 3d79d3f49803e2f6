import { Command, CommanderError } from 'commander'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { readVersion } from '../lib/version.ts'
import { addDevicesCommand } from './devices.ts'
import { addKeysCommand } from './keys.ts'
import { addLogCommand } from './log.ts'
import { addScenesCommand } from './scenes.ts'
import { addServeCommand } from './serve.ts'
import { addSourcesCommand } from './sources.ts'
import { addTargetsCommand } from './targets.ts'

/** Wrong words on the command line or in the configuration. */
const EXIT_USAGE = 2
const EXIT_FAILURE = 1

/** Runs the command line and sets the exit code: 0 done, 1 failed, 2 wrong words or configuration. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const program = new Command('ledgrab')
    .description('Ambient-lighting server with an activity log.')
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError('(see ledgrab --help)')
  addServeCommand(program)
  addDevicesCommand(program)
  addSourcesCommand(program)
  addTargetsCommand(program)
  addScenesCommand(program)
  addKeysCommand(program)
  addLogCommand(program)
  try {
    await program.parseAsync(argv)
  } catch (cause) {
    process.exitCode = report(cause)
  }
}

/** Says what went wrong in one sentence. @returns the exit code. */
function report(cause: unknown): number {
  // commander has written its own message, or the help that was asked for.
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : EXIT_USAGE
  if (cause instanceof LedGrabError) {
    process.stderr.write(`ledgrab: ${cause.message}\n`)
    return cause.code.startsWith('LG_CONFIG') ? EXIT_USAGE : EXIT_FAILURE
  }
  process.stderr.write(
    `ledgrab: unexpected error: ${cause instanceof Error ? cause.stack : toErrorMessage(cause)}\n`,
  )
  return EXIT_FAILURE
}

await runCli(process.argv)
