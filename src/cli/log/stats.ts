import { CATEGORIES, type Category } from '../../protocol/activity.ts'
import type { LogStats } from '../../protocol/api-log.ts'
import { say } from '../terminal.ts'
import { toSafeJson } from './entry-printer.ts'
import { toLocalTime } from './entry-table.ts'
import { withLog } from './open-log.ts'
import { type FilterFlags, type SourceFlags, toLogFilters } from './options.ts'

export const STATS_STEPS = ['day', 'hour'] as const
export type StatsStep = (typeof STATS_STEPS)[number]

export interface StatsFlags extends SourceFlags, FilterFlags {
  readonly by: StatsStep
  readonly json?: boolean
}

type Counts = Readonly<Record<Category, number>>

interface Row {
  readonly label: string
  readonly counts: Counts
}

const NO_COUNTS = Object.fromEntries(CATEGORIES.map((category) => [category, 0])) as Counts
const GAP = '  '
const BAR_CELLS = 20

/** Prints how many entries match, by category and local day or hour. */
export async function statsCommand(flags: StatsFlags): Promise<void> {
  const stats = await withLog(flags, (log) => log.readStats(toLogFilters(flags)))
  process.stdout.write(`${flags.json ? toSafeJson(stats) : describe(stats, flags.by)}\n`)
  if (stats.truncated) say('these are only the newest hours; ask for older ones with --until')
}

function describe(stats: LogStats, step: StatsStep): string {
  const rows = groupRows(stats, step)
  const total = rows.reduce((sum, { counts }) => addCounts(sum, counts), NO_COUNTS)
  const most = Math.max(1, ...rows.map(({ counts }) => sumOf(counts)))
  const header = [step.toUpperCase(), ...CATEGORIES.map((name) => name.toUpperCase()), 'TOTAL', '']
  const lines = [
    header,
    ...rows.map((row) => [...toCells(row), '█'.repeat(Math.ceil((sumOf(row.counts) / most) * BAR_CELLS))]),
    [...toCells({ label: 'total', counts: total }), ''],
  ]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines.map((line) => alignLine(line, widths)).join('\n')
}

/** The label and the bar begin at the left, numbers end at the right. */
function alignLine(line: readonly string[], widths: readonly number[]): string {
  const last = line.length - 1
  return line
    .map((cell, column) => {
      const width = widths[column] ?? 0
      return column === 0 || column === last ? cell.padEnd(width) : cell.padStart(width)
    })
    .join(GAP)
    .trimEnd()
}

/** A half-hour time zone files an hour under the hour or day it begins in. */
function groupRows({ hours }: LogStats, step: StatsStep): readonly Row[] {
  const rows = new Map<string, Counts>()
  for (const { start, counts } of hours) {
    const local = toLocalTime(start)
    const label = step === 'day' ? local.slice(0, 10) : local.slice(0, 16)
    rows.set(label, addCounts(rows.get(label) ?? NO_COUNTS, { ...NO_COUNTS, ...counts }))
  }
  return [...rows].map(([label, counts]) => ({ label, counts }))
}

function toCells({ label, counts }: Row): readonly string[] {
  return [label, ...CATEGORIES.map((category) => String(counts[category])), String(sumOf(counts))]
}

function addCounts(one: Counts, other: Counts): Counts {
  return Object.fromEntries(CATEGORIES.map((name) => [name, one[name] + other[name]])) as Counts
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
