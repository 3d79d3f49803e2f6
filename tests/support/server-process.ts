import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const cliFile = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
const SERVE = ['serve', '--port', '0'] as const
const builtFile = fileURLToPath(new URL('../../bin/ledgrab.js', import.meta.url))

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A `ledgrab serve` in a process of its own. */
export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  /** Everything it has written to standard error so far. */
  stderr(): string
  /** Sends the signal and resolves with the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** The environment without the developer's own settings. */
export function cleanEnv(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('LEDGRAB_') && !name.startsWith('npm_'),
  )
  return { ...Object.fromEntries(entries), ...extra }
}

/** Runs the command to its end. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return await untilEnd(spawnWith(['--import', 'tsx', cliFile, ...args], env))
}

/** As `runCli`, the way people start it: from the build, in a third of the time. */
export async function runBuilt(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return await untilEnd(spawnBuilt(args, env))
}

export function spawnBuilt(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<null, Readable, Readable> {
  return spawnWith([builtFile, ...args], env)
}

function spawnWith(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, args, { env: cleanEnv(env), stdio: ['ignore', 'pipe', 'pipe'] })
}

async function untilEnd(child: ChildProcessByStdio<null, Readable, Readable>): Promise<CliResult> {
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** Starts `ledgrab serve --port 0 …` and resolves when it says that it listens. */
export async function startServer(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  return await untilListening(spawnWith(['--import', 'tsx', cliFile, ...SERVE, ...args], env))
}

/** As `startServer`, from the build. */
export async function startBuiltServer(args: readonly string[]): Promise<ServerProcess> {
  return await untilListening(spawnBuilt([...SERVE, ...args]))
}

async function untilListening(child: ChildProcessByStdio<null, Readable, Readable>): Promise<ServerProcess> {
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${stderr}`)))
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      const said = /^listening on (\S+)$/m.exec(stdout)
      if (said?.[1]) resolve(said[1])
    })
  })
  return {
    url,
    child,
    stderr: () => stderr,
    end: async (signal) => {
      child.kill(signal)
      const [code, by] = child.exitCode !== null ? [child.exitCode, null] : await once(child, 'exit')
      return code ?? by
    },
  }
}

/** Runs `work` with a server, and kills that server if `work` has left it running. */
export async function withServer(
  args: readonly string[],
  work: (server: ServerProcess) => Promise<void>,
  start: (args: readonly string[]) => Promise<ServerProcess> = startServer,
): Promise<void> {
  const server = await start(args)
  try {
    await work(server)
  } finally {
    if (server.child.exitCode === null && server.child.signalCode === null) await server.end('SIGKILL')
  }
}
