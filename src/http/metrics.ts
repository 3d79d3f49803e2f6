import { statSync } from 'node:fs'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { LOSS_REASONS } from '../activity/ledger.ts'
import type { ActivityRecorder } from '../activity/recorder.ts'
import type { ActivityLogRetentionEngine } from '../activity/retention.ts'
import type { SourceStates } from '../lighting/source-states.ts'
import type { TargetStatsBook } from '../lighting/target-stats-book.ts'
import type { RealtimeHub } from '../realtime/hub.ts'

const PREFIX = 'ledgrab_'
const COMMIT_SECONDS = [0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5]
const GROUP_ROWS = [1, 4, 16, 64, 128, 256, 512, 1_024, 2_048]

const TARGET_TOTALS = [
  ['frames_in', 'Frames the source of a target gave.'],
  ['frames_out', 'Frames sent to the controller of a target.'],
  ['frames_dropped', 'Frames replaced by a newer one before they were sent.'],
  ['packets_out', 'Packets sent to the controller of a target.'],
  ['send_errors', 'Packets that could not be sent.'],
] as const
const TARGET_TIMES = [
  ['frame_age', 'frame_age_ms', 'From the frame in hand to its packets sent, mean of the last second.'],
  [
    'frame_age_max',
    'frame_age_max_ms',
    'From the frame in hand to its packets sent, at most in the last second.',
  ],
  ['processing', 'processing_us', 'To sample a frame or render colours of it, mean of the last second.'],
] as const

export interface MetricsOptions {
  readonly recorder: Pick<ActivityRecorder, 'counts' | 'outage' | 'committed'>
  readonly retention: Pick<ActivityLogRetentionEngine, 'removedCount' | 'runCount'>
  readonly hub: Pick<RealtimeHub, 'clientCount' | 'maxUnsentBytes' | 'catchingUpCount' | 'cutOffCount'>
  readonly sources: Pick<SourceStates, 'open'>
  readonly stats: Pick<TargetStatsBook, 'totals' | 'latest'>
  /** Path of `activity.db`. */
  readonly activityFile: string
}

/** What `GET /metrics` shows, in the format of Prometheus. Every name begins with `ledgrab_`. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #options: MetricsOptions
  readonly #commits: Histogram
  readonly #groups: Histogram
  readonly #restarts: Counter<'worker'>

  constructor(options: MetricsOptions) {
    this.#options = options
    // Event-loop delay, memory, garbage collection, file descriptors.
    collectDefaultMetrics({ register: this.#registry, prefix: PREFIX })
    this.#commits = this.#histogram(
      'activity_commit_seconds',
      'How long one commit of the activity log held up the event loop.',
      COMMIT_SECONDS,
    )
    this.#groups = this.#histogram('activity_group_rows', 'Entries in one commit.', GROUP_ROWS)
    this.#restarts = new Counter({
      name: `${PREFIX}worker_restarts_total`,
      help: 'Worker threads restarted after a crash.',
      labelNames: ['worker'],
      registers: [this.#registry],
    })
    this.#addLedger()
    this.#addLogFile()
    this.#addWatchers()
    this.#addSources()
    this.#addTargets()
  }

  noteCommit(rows: number, tookMs: number): void {
    this.#commits.observe(tookMs / 1_000)
    this.#groups.observe(rows)
  }

  noteRestart(worker: string): void {
    this.#restarts.inc({ worker })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  async read(): Promise<string> {
    return await this.#registry.metrics()
  }

  #addLedger(): void {
    const { recorder } = this.#options
    this.#counter('activity_accepted_total', 'Records taken from callers.', () => recorder.counts().accepted)
    this.#counter('activity_stored_total', 'Records committed.', () => recorder.counts().stored)
    this.#gauge('activity_queued', 'Records taken and not yet committed.', () => recorder.counts().queued)
    const dropped = new Counter({
      name: `${PREFIX}activity_dropped_total`,
      help: 'Records lost, by reason.',
      labelNames: ['reason'],
      registers: [this.#registry],
      collect: () => {
        dropped.reset()
        const counts = recorder.counts().dropped
        for (const reason of LOSS_REASONS) dropped.inc({ reason }, counts[reason] ?? 0)
      },
    })
    this.#gauge('activity_degraded', '1 while the activity log cannot be written.', () =>
      recorder.outage === undefined ? 0 : 1,
    )
  }

  #addLogFile(): void {
    const { recorder, retention, activityFile } = this.#options
    this.#gauge('activity_head_seq', 'The newest committed entry.', () => recorder.committed.seq)
    this.#gauge('activity_db_bytes', 'Size of activity.db.', () => sizeOf(activityFile))
    this.#gauge('activity_wal_bytes', 'Size of the write-ahead log.', () => sizeOf(`${activityFile}-wal`))
    this.#counter('activity_prune_runs_total', 'Runs of retention that ended.', () => retention.runCount)
    this.#counter(
      'activity_pruned_total',
      'Entries removed by retention or by clearing.',
      () => retention.removedCount,
    )
  }

  #addWatchers(): void {
    const { hub } = this.#options
    this.#gauge('watchers', 'Clients on the event socket.', () => hub.clientCount)
    this.#gauge('watchers_catching_up', 'Clients that are still told the past.', () => hub.catchingUpCount)
    this.#gauge('watcher_lag_bytes', 'Unsent bytes of the slowest client.', () => hub.maxUnsentBytes)
    this.#counter(
      'watchers_cut_off_total',
      'Clients let go because they did not read.',
      () => hub.cutOffCount,
    )
  }

  #addSources(): void {
    const { sources } = this.#options
    const gauge = new Gauge({
      name: `${PREFIX}source_delivering`,
      help: '1 while a source that lights need gives pictures, 0 while it does not.',
      labelNames: ['source'],
      registers: [this.#registry],
      collect: () => {
        gauge.reset()
        for (const [source, { state }] of sources.open())
          gauge.set({ source }, state === 'delivering' ? 1 : 0)
      },
    })
  }

  #addTargets(): void {
    const { stats } = this.#options
    for (const [name, help] of TARGET_TOTALS) {
      const counter = new Counter({
        name: `${PREFIX}target_${name}_total`,
        help,
        labelNames: ['target'],
        registers: [this.#registry],
        collect: () => {
          counter.reset()
          for (const [target, totals] of stats.totals()) counter.inc({ target }, totals[name])
        },
      })
    }
    for (const [name, field, help] of TARGET_TIMES) {
      const gauge = new Gauge({
        name: `${PREFIX}target_${name}_seconds`,
        help,
        labelNames: ['target'],
        registers: [this.#registry],
        collect: () => {
          gauge.reset()
          for (const [target] of stats.totals()) {
            const value = stats.latest(target)?.[field]
            if (value != null) gauge.set({ target }, value / (field.endsWith('_us') ? 1_000_000 : 1_000))
          }
        },
      })
    }
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name: PREFIX + name, help, buckets, registers: [this.#registry] })
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: PREFIX + name,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(read()),
    })
  }

  /** A counter that somebody else counts. */
  #counter(name: string, help: string, read: () => number): void {
    const counter: Counter = new Counter({
      name: PREFIX + name,
      help,
      registers: [this.#registry],
      collect: () => {
        counter.reset()
        counter.inc(read())
      },
    })
  }
}

/** 0 for a file that is not there. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
