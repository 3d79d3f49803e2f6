/**
 * Runs the tests: one process per file, a deadline each, red when a file ran no test.
 *
 *   node --import tsx tests/run.ts [PART_OF_A_PATH …]
 *
 * uvu alone exits 0 when a hook throws or `.run()` was forgotten, and hangs on a leaked timer; so
 * the closing figures of every file are read and checked here.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface FileResult {
  readonly passed: number
  readonly failed: number
  /** One line each: the test and why it did not run. */
  readonly skipped: readonly string[]
}

const root = fileURLToPath(new URL('..', import.meta.url))
const DEFAULT_DEADLINE_MS = 90_000
/** Unit tests share the machine; tests with threads, processes and clocks have it to themselves. */
const UNIT_CONCURRENCY = 2

process.exitCode = await main(process.argv.slice(2))

async function main(wanted: readonly string[]): Promise<number> {
  const files = readdirSync(`${root}tests`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => `tests/${file}`.includes(part)))
    .sort()
  const unit = files.filter((file) => file.startsWith('unit'))
  const others = files.filter((file) => !file.startsWith('unit'))

  const results: FileResult[] = []
  await runQueue(unit, UNIT_CONCURRENCY, results)
  await runQueue(others, 1, results)

  const skipped = results.flatMap((result) => result.skipped)
  for (const line of skipped) console.log(`skipped: ${line}`)
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
  return failed > 0 || passed === 0 ? 1 : 0
}

async function runQueue(files: readonly string[], concurrency: number, results: FileResult[]): Promise<void> {
  const queue = [...files]
  const lane = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) results.push(await runFile(file))
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}

/** A file may ask for more time with a line `// deadline: 240 s`. */
function deadlineMsOf(file: string): number {
  const asked = /^\/\/ deadline: (\d+) s$/m.exec(readFileSync(`${root}tests/${file}`, 'utf8'))
  return asked ? Number(asked[1]) * 1_000 : DEFAULT_DEADLINE_MS
}

async function runFile(file: string): Promise<FileResult> {
  const startedMs = performance.now()
  const deadlineMs = deadlineMsOf(file)
  // A group of its own, so that whatever a test left running ends with it.
  const child = spawn(process.execPath, ['--import', 'tsx', `tests/${file}`], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  let expired = false
  const timer = setTimeout(() => {
    expired = true
    endGroup(child.pid)
  }, deadlineMs)
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  clearTimeout(timer)
  endGroup(child.pid)

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
