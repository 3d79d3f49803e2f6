/**
 * Runs the tests: one process per file, a deadline each, red when a file ran no test.
 *
 *   node --import tsx tests/run.ts [--folder=OF_TESTS] [PART_OF_A_PATH …]
 *
 * uvu alone exits 0 when a hook throws or `.run()` was forgotten, and hangs on a leaked timer; so
 * the closing figures of every file are read and checked here.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

interface FileResult {
  readonly passed: number
  readonly failed: number
  /** One line each: the test and why it did not run. */
  readonly skipped: readonly string[]
}

const root = fileURLToPath(new URL('..', import.meta.url))
const FOLDER_FLAG = '--folder='
const DEFAULT_DEADLINE_MS = 90_000
/** How long the output of a process that has ended may still be on its way. */
const OUTPUT_TIMEOUT_MS = 2_000
/**
 * Unit tests share the machine, and so do files that say so with a line `// shares the machine`; others, that
 * measure how soon something comes, have it to themselves.
 */
const SIDE_BY_SIDE = 2

/** Process groups of the files that run now. */
const groups = new Set<number>()

// The groups do not hear the terminal's Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const group of groups) endGroup(group)
    process.kill(process.pid, signal)
  })
}
process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const flag = args.find((arg) => arg.startsWith(FOLDER_FLAG))
  const folder = flag?.slice(FOLDER_FLAG.length) ?? join(root, 'tests')
  const wanted = args.filter((arg) => arg !== flag)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => `tests/${file}`.includes(part)))
    .sort()
  const side = files.filter((file) => file.startsWith('unit') || sharesMachine(join(folder, file)))
  const alone = files.filter((file) => !side.includes(file))

  const results: FileResult[] = []
  const run = async (file: string): Promise<unknown> => results.push(await runFile(folder, file))
  await runQueue(side, SIDE_BY_SIDE, run)
  await runQueue(alone, 1, run)

  const skipped = results.flatMap((result) => result.skipped)
  for (const line of skipped) console.log(`skipped: ${line}`)
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
  return failed > 0 || passed === 0 ? 1 : 0
}

async function runQueue(
  files: readonly string[],
  concurrency: number,
  run: (file: string) => Promise<unknown>,
): Promise<void> {
  const queue = [...files]
  const lane = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await run(file)
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}

/** A file may ask for more time with a line `// deadline: 240 s`. */
function deadlineMsOf(path: string): number {
  const asked = /^\/\/ deadline: (\d+) s$/m.exec(readFileSync(path, 'utf8'))
  return asked ? Number(asked[1]) * 1_000 : DEFAULT_DEADLINE_MS
}

function sharesMachine(path: string): boolean {
  return /^\/\/ shares the machine$/m.test(readFileSync(path, 'utf8'))
}

async function runFile(folder: string, file: string): Promise<FileResult> {
  const path = join(folder, file)
  const startedMs = performance.now()
  const deadlineMs = deadlineMsOf(path)
  // A group of its own, so that whatever a test left running ends with it.
  const child = spawn(process.execPath, ['--import', 'tsx', path], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  if (child.pid !== undefined) groups.add(child.pid)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const closed = once(child, 'close')
  let expired = false
  const timer = setTimeout(() => {
    expired = true
    endGroup(child.pid)
  }, deadlineMs)
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  clearTimeout(timer)
  endGroup(child.pid)
  // The exit can overtake the last lines.
  await Promise.race([closed, delay(OUTPUT_TIMEOUT_MS, undefined, { ref: false })])

  const output = Buffer.concat(chunks).toString('utf8')
  const problem = expired ? `no end after ${deadlineMs / 1_000} s` : judge(output, code)
  const figures = readFigures(output)
  const skipped = [...output.matchAll(/^SKIP (.*)$/gm)].map((match) => `${file}: ${match[1]}`)
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
  if (problem === undefined) {
    console.log(`ok    ${file} (${figures.passed}) ${seconds} s`)
    return { passed: figures.passed, failed: 0, skipped }
  }
  console.log(`${output}\nFAIL  ${file}: ${problem}, ${seconds} s`)
  return { passed: figures.passed, failed: Math.max(1, figures.total - figures.passed), skipped }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  groups.delete(pid)
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of it is left.
  }
}

function readFigures(output: string): { readonly total: number; readonly passed: number } {
  const last = (name: string): number =>
    Number([...output.matchAll(new RegExp(`^ {2}${name}: +(\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0)
  return { total: last('Total'), passed: last('Passed') }
}

/** What is wrong with a finished file; undefined when nothing is. */
function judge(output: string, code: number | null): string | undefined {
  const { total, passed } = readFigures(output)
  const skips = [...output.matchAll(/^SKIP /gm)].length
  if (code !== 0) return `exit code ${code}`
  if (total === 0 && skips === 0) return 'it ran no test'
  if (passed !== total) return `${total - passed} of ${total} failed`
  if (/^\s*FAIL\b/m.test(output)) return 'a hook failed'
  return undefined
}
