import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { withDeadline } from '../../src/lib/deadline.ts'
import { callOk } from '../../tests/support/api.ts'
import { cleanEnv } from '../../tests/support/server-process.ts'
import type { FloodPlan } from './flood.ts'
import { builtFloodServer } from './flood-build.ts'

const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 15_000

type FloodChild = ChildProcessByStdio<null, Readable, Readable>

/** Everything it has written so far. */
interface Output {
  stdout: string
  stderr: string
}

/** A flood server in a process of its own. */
export class FloodServer {
  readonly url: string
  readonly #child: FloodChild
  readonly #output: Output

  private constructor(url: string, child: FloodChild, output: Output) {
    this.url = url
    this.#child = child
    this.#output = output
  }

  static async start(dataDir: string): Promise<FloodServer> {
    const child = spawn(process.execPath, [builtFloodServer(), dataDir], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output: Output = { stdout: '', stderr: '' }
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk
    })
    const listening = new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${output.stderr}`)))
      child.stdout.on('data', (chunk) => {
        output.stdout += chunk
        const said = /^listening on (\S+)$/m.exec(output.stdout)
        if (said?.[1]) resolve(said[1])
      })
    })
    return new FloodServer(
      await withDeadline(listening, START_TIMEOUT_MS, 'the start of a server'),
      child,
      output,
    )
  }

  /** Starts the workers and resolves when they record. */
  async flood(plan: FloodPlan & { readonly workers: number }): Promise<void> {
    await callOk(this.url, 'POST', '/flood', plan)
  }

  stderr(): string {
    return this.#output.stderr
  }

  /** Of a server that was stopped in order: what it counted last. */
  lastBooks(): Record<string, unknown> {
    const said = /^books (.*)$/m.exec(this.#output.stdout)
    if (!said?.[1]) throw new Error(`it ended without its books:\n${this.#output.stderr}`)
    return JSON.parse(said[1])
  }

  /** @returns the exit code, or the signal that ended it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
    const child = this.#child
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode
    const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
    child.kill(signal)
    try {
      const [code, by] = await withDeadline(exited, STOP_TIMEOUT_MS, 'the end of a server')
      return code ?? by
    } catch (cause) {
      child.kill('SIGKILL')
      throw cause
    }
  }
}

/** Runs `work` with a flood server, and kills what it has left running. */
export async function withFloodServer(
  dataDir: string,
  work: (server: FloodServer) => Promise<void>,
): Promise<void> {
  const server = await FloodServer.start(dataDir)
  try {
    await work(server)
  } finally {
    await server.end('SIGKILL')
  }
}
