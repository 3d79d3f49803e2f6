import { type Logger, pino } from 'pino'
import { type Config, ConfigSchema } from '../../src/config/schema.ts'
import { LogRing } from '../../src/lib/log-ring.ts'
import { LedGrabServer } from '../../src/main.ts'
import { waitForEntries } from './api.ts'
import { tempDir } from './temp-dir.ts'

export interface InProcessOptions {
  /** Default: a fresh one. */
  readonly dataDir?: string
  /** What to configure beside a free port and no discovery. */
  readonly server?: Partial<Config['server']>
  /** Two virtual controllers, lit from the test card. Default: none. */
  readonly demo?: boolean
}

/** A server inside this process: quick to start, and its data directory survives `stop`. */
export interface InProcessServer {
  readonly url: string
  readonly dataDir: string
  readonly logger: Logger
  /** What it wrote to its server log, one JSON line each. */
  readonly logLines: readonly string[]
  stop(): Promise<void>
}

export async function startInProcess(options: InProcessOptions = {}): Promise<InProcessServer> {
  const dataDir = options.dataDir ?? tempDir()
  const config = ConfigSchema.parse({
    server: { port: 0, ...options.server },
    discovery: { enabled: false },
  })
  const logLines: string[] = []
  const logRing = new LogRing()
  const write = (line: string): void => {
    logLines.push(line)
    logRing.add(line)
  }
  const logger = pino({ level: 'trace', base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write })
  const server = new LedGrabServer({ config, dataDir, logger, logRing, demo: options.demo ?? false })
  await server.start()
  return { url: server.url, dataDir, logger, logLines, stop: () => server.stop('the end of a test') }
}

/** Runs `work` with a server and stops it, however that ends. */
export async function withInProcess(
  work: (server: InProcessServer) => Promise<void>,
  options: InProcessOptions = {},
): Promise<void> {
  const server = await startInProcess(options)
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

/** Runs `work` with a demo of its own whose lights are on. */
export async function withDemo(work: (server: InProcessServer) => Promise<void>): Promise<void> {
  await withInProcess(
    async (server) => {
      await waitForEntries(server.url, 'target_started', 2)
      await work(server)
    },
    { demo: true },
  )
}

/** One per test file: starting it takes seconds. */
let sharedDemo: Promise<InProcessServer> | undefined

/** As `withDemo`, with the demo of the test file: for work that leaves its lights as it found them. */
export async function withSharedDemo(work: (server: InProcessServer) => Promise<void>): Promise<void> {
  sharedDemo ??= startInProcess({ demo: true })
  const server = await sharedDemo
  await waitForEntries(server.url, 'target_started', 2)
  await work(server)
}

/** For the end of a test file. */
export async function stopSharedDemo(): Promise<void> {
  await (await sharedDemo)?.stop()
}
