import { type BenchRow, isReached, type SuiteResult } from './result.ts'

/** A suite's results as they lie in `bench/results/`. */
export interface WrittenResult extends SuiteResult {
  readonly suite: string
  readonly measured_at: string
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memory_gb: number
    readonly platform: string
    readonly node: string
    readonly sqlite: string
  }
}

const HEAD = `# Performance

Made by \`npm run bench\` from \`bench/results/*.json\`; do not edit it by hand. A figure with a peer was measured beside it in the
same run, the two taking turns: the ratio holds on other machines too, the figures alone are this machine's. What the suites do
exactly is said at the top of each file in \`bench/suites/\`.
`

/** The page docs/PERFORMANCE.md. */
export function toReport(results: readonly WrittenResult[]): string {
  const machines = new Set(results.map(({ machine }) => tellMachine(machine)))
  const where = machines.size === 0 ? '' : `\nMeasured on ${[...machines].join('; and on ')}.\n`
  const missed = results.flatMap(({ rows }) => rows).filter((row) => isReached(row) === false)
  return [
    HEAD,
    where,
    toMissed(missed),
    ...results.filter(({ rows }) => rows.length > 0).map(toSection),
    ...results.flatMap(({ curves = [] }) => curves).map(toPicture),
  ].join('')
}

function tellMachine({ cores, cpu, memory_gb, platform, node, sqlite }: WrittenResult['machine']): string {
  return `${cores} cores (${cpu}), ${memory_gb} GB, ${platform}, Node.js ${node}, SQLite ${sqlite}`
}

function toMissed(missed: readonly BenchRow[]): string {
  if (missed.length === 0) return '\nAll targets were reached in this run.\n'
  const list = missed.map(
    ({ what, value, unit, target, peer, ratio, ratio_target }) =>
      `- ${what}: ${
        target === undefined
          ? `${ratio} times ${peer?.name} instead of >= ${ratio_target}`
          : `${value} ${unit} instead of ${target.is} ${target.value}`
      }`,
  )
  return `\n## What falls short\n\n${list.join('\n')}\n\nWhere the time goes, and what was tried: [performance-notes.md](performance-notes.md).\n`
}

function toSection({ suite, rows }: WrittenResult): string {
  const lines = rows.map(
    (row) =>
      `| ${toWhat(row)} | ${format(row.value)} ${row.unit} | ${toTarget(row)} | ${row.peer ? `${row.peer.name}: ${format(row.peer.value)}` : ''} | ${row.ratio ?? ''} |`,
  )
  return `\n## ${suite}\n\n| what | LedGrab | target | peer | ratio |\n|---|---|---|---|---|\n${lines.join('\n')}\n`
}

function toWhat({ what, note }: BenchRow): string {
  return note === undefined ? what : `${what}<br>*${note}*`
}

function toTarget(row: BenchRow): string {
  const { target, ratio_target: ratio } = row
  const wanted = [
    ...(target === undefined ? [] : [`${target.is} ${format(target.value)}`]),
    ...(ratio === undefined ? [] : [`ratio >= ${ratio}`]),
  ]
  return wanted.length === 0 ? '' : `${wanted.join(', ')} ${isReached(row) ? '✓' : '✗'}`
}

function toPicture({ id, title }: { readonly id: string; readonly title: string }): string {
  return `\n## ${title}\n\n![${title}](images/performance/${id}.svg)\n`
}

function format(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: 3 })
}
