import { type LedgerCounts, LOSS_REASONS } from '../../src/activity/ledger.ts'
import type { Tally } from '../tally.ts'

export interface Books {
  readonly accepted: number
  readonly stored: number
  readonly queued: number
  /** All reasons together. */
  readonly dropped: number
}

export function toBooks(counts: LedgerCounts): Books {
  const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0)
  return { accepted: counts.accepted, stored: counts.stored, queued: counts.queued, dropped }
}

/** A figure of `GET /metrics`, without its prefix. */
export function figureOf(metrics: string, name: string): number {
  const line = metrics.split('\n').find((candidate) => candidate.startsWith(`ledgrab_${name} `))
  if (line === undefined) throw new Error(`there is no ledgrab_${name}`)
  return Number(line.slice(line.lastIndexOf(' ') + 1))
}

export async function readMetrics(url: string): Promise<string> {
  const response = await fetch(new URL('/metrics', url))
  if (!response.ok) throw new Error(`/metrics answers ${response.status}`)
  return await response.text()
}

export function booksOf(metrics: string): Books {
  const figure = (name: string): number => figureOf(metrics, `activity_${name}`)
  return {
    accepted: figure('accepted_total'),
    stored: figure('stored_total'),
    queued: figure('queued'),
    dropped: LOSS_REASONS.reduce((sum, reason) => sum + figure(`dropped_total{reason="${reason}"}`), 0),
  }
}

/** `accepted = stored + queued + dropped`, at this very moment. */
export function assertBalance({ accepted, stored, queued, dropped }: Books, tally: Tally): void {
  tally.check(
    accepted === stored + queued + dropped,
    `the books do not balance: ${accepted} accepted, ${stored} stored, ${queued} queued, ${dropped} dropped`,
  )
}
