import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawCurves } from './plots.ts'
import { toReport, type WrittenResult } from './report.ts'

const RESULTS = join('bench', 'results')
const PLOTS = join('docs', 'images', 'performance')

/** Keeps what was measured as `bench/results/SUITE.json`. */
export function writeResult(result: WrittenResult): void {
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, `${result.suite}.json`), `${JSON.stringify(result, null, 2)}\n`)
}

/** Makes docs/PERFORMANCE.md and its pictures of what is kept of these suites. */
export async function writeReport(suites: readonly string[]): Promise<void> {
  const all = suites
    .map((name) => join(RESULTS, `${name}.json`))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as WrittenResult)
  writeFileSync(join('docs', 'PERFORMANCE.md'), toReport(all))
  for (const one of all) await drawResult(one)
}

/** Draws the pictures of one result. */
export async function drawResult({ curves = [] }: Pick<WrittenResult, 'curves'>): Promise<void> {
  mkdirSync(PLOTS, { recursive: true })
  await drawCurves(curves, PLOTS)
}
