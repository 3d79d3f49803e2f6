import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Logger } from 'pino'
import { defaultDataDir } from '../config/data-dir.ts'
import { loadConfig } from '../config/load.ts'
import { toErrorMessage } from '../errors.ts'
import { LogRing } from '../lib/log-ring.ts'
import type { LedGrabServer } from '../main.ts'
import { LOG_LEVELS } from '../protocol/log-levels.ts'

interface ServeFlags {
  readonly host?: string
  readonly port?: number
  readonly dataDir?: string
  readonly config?: string
  readonly demo?: boolean
  readonly logLevel?: string
}

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** The whole stop is bounded by its steps; this is for a step that blocks the loop. */
const STOP_TIMEOUT_MS = 5_000
/** npm passes a Ctrl-C on that the terminal has sent to us already: one press, two signals. */
const NPM_ECHO_MS = 100

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('start the server')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen on, 0 for any free one (default: 8080)', parsePort)
    .option('--data-dir <dir>', 'folder of the databases (default: the usual place of your system)')
    .option('--config <file>', 'YAML configuration file')
    .option(
      '--demo',
      'two virtual controllers and a test card, in a temporary folder unless --data-dir is given',
    )
    .addOption(
      new Option('--log-level <level>', 'how much the server log tells (default: info)').choices(LOG_LEVELS),
    )
    .action(serve)
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}

async function serve(flags: ServeFlags): Promise<void> {
  const config = loadConfig({
    file: flags.config,
    env: process.env,
    flags: {
      'server.host': flags.host,
      'server.port': flags.port,
      data_dir: flags.dataDir,
      'log.level': flags.logLevel,
    },
  })
  const isDemo = flags.demo === true
  const temporaryDir =
    isDemo && config.data_dir === null ? mkdtempSync(join(tmpdir(), 'ledgrab-demo-')) : undefined
  const dataDir = temporaryDir ?? config.data_dir ?? defaultDataDir(process.env)
  // Only here: the other commands start sooner without a server's libraries.
  const [{ LedGrabServer }, { createLogger }] = await Promise.all([
    import('../main.ts'),
    import('./logger.ts'),
  ])
  const logRing = new LogRing()
  const logger = createLogger(config.log.level, (json) => logRing.add(json))
  const server = new LedGrabServer({ config, dataDir, logger, logRing, demo: isDemo })
  try {
    const stopped = untilStopped(server, logger)
    await server.start()
    process.stdout.write(`listening on ${server.url}\n`)
    await server.stop(await stopped)
  } finally {
    if (temporaryDir) rmSync(temporaryDir, { recursive: true, force: true })
  }
  // Everything is closed; a handle some library left open must not keep the process.
  process.exit(0)
}

/**
 * Resolves with who asked for the stop. From then on a second signal, or a stop that hangs, ends
 * the process at once, after a synchronous flush.
 */
function untilStopped(server: LedGrabServer, logger: Logger): Promise<string> {
  process.on('uncaughtException', (cause) => {
    logger.fatal({ err: cause }, 'unexpected error; the server ends')
    exitNow(server, 1)
  })
  return new Promise((resolve) => {
    let firstMs: number | undefined
    const onSignal = (signal: StopSignal): void => {
      const nowMs = performance.now()
      if (firstMs === undefined) {
        firstMs = nowMs
        logger.info({ signal }, 'stopping')
        setTimeout(() => {
          logger.error('the stop takes too long; ending now')
          exitNow(server, 1)
        }, STOP_TIMEOUT_MS).unref()
        resolve(`the signal ${signal}`)
      } else if (!(process.env.npm_lifecycle_event && signal === 'SIGINT' && nowMs - firstMs < NPM_ECHO_MS)) {
        exitNow(server, 128 + constants.signals[signal])
      }
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
    // The terminal was closed.
    process.on('SIGHUP', onSignal)
  })
}

function exitNow(server: LedGrabServer, code: number): void {
  try {
    const lost = server.flushSync()
    if (lost > 0) process.stderr.write(`ledgrab: ${lost} entries of the activity log could not be written\n`)
  } catch (cause) {
    process.stderr.write(`ledgrab: the activity log could not be flushed: ${toErrorMessage(cause)}\n`)
  }
  process.exit(code)
}
