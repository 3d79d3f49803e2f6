import { EventEmitter, once } from 'node:events'
import { withDeadline } from '../../src/lib/deadline.ts'
import type { LogLevel } from '../../src/protocol/worker-messages.ts'
import { Supervisor, type SupervisorContext, type SupervisorOptions } from '../../src/threads/supervisor.ts'
import type { WorkerEntry } from '../../src/threads/worker-entry.ts'

/** A worker for tests: records, posts and ends as it is told. */
export interface PuppetOptions {
  readonly onStart?: 'throw' | 'exit' | 'hang' | 'never-ready'
  /** How many entries it records before that. */
  readonly recordsAtStart?: number
  readonly onStop?: 'hang' | 'linger' | 'throw' | 'exit'
  /** How many entries it records while it stops. */
  readonly recordsAtStop?: number
  /** Anything, to tell one start from another. */
  readonly mark?: number
}

export type PuppetCommand =
  /** Records `TAG 0`, `TAG 1`, … in one go. */
  | { readonly kind: 'record'; readonly tag: string; readonly count: number }
  /** Posts something that no worker of ours would say. */
  | { readonly kind: 'post'; readonly message: unknown }
  /** Records and ends in the same moment. */
  | {
      readonly kind: 'end'
      readonly how: 'throw' | 'exit' | 'hang'
      readonly tag: string
      readonly count: number
    }

export type PuppetReport =
  | { readonly kind: 'hello'; readonly options: PuppetOptions }
  | { readonly kind: 'recorded'; readonly tag: string }

export interface LogLine {
  readonly level: LogLevel
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

type PuppetSettings = Partial<SupervisorOptions<PuppetOptions, PuppetReport>> & {
  readonly recorder: SupervisorContext['recorder']
}

const DEADLINE_MS = 20_000

/** A supervised puppet, with what it reported and what its supervisor logged. */
export class Puppet {
  readonly reports: PuppetReport[] = []
  readonly logs: LogLine[] = []
  readonly supervisor: Supervisor<PuppetOptions, PuppetCommand, PuppetReport>
  /** How often it got ready. */
  readyCount = 0
  readonly #news = new EventEmitter()

  constructor({ recorder, ...settings }: PuppetSettings) {
    const log: SupervisorContext['log'] = (level, message, fields) => {
      this.logs.push({ level, message, fields: { ...fields } })
      this.#news.emit('news')
    }
    this.supervisor = new Supervisor<PuppetOptions, PuppetCommand, PuppetReport>(
      { recorder, log },
      {
        entry: 'puppet',
        name: 'puppet',
        options: () => ({}),
        restart: { firstMs: 1, capMs: 4 },
        resolve: resolvePuppet,
        ...settings,
        onReport: (report) => {
          this.reports.push(report)
          this.#news.emit('news')
          settings.onReport?.(report)
        },
        onReady: () => {
          this.readyCount += 1
          this.#news.emit('news')
          settings.onReady?.()
        },
      },
    )
  }

  /** Resolves once `isTrue`, which is asked after each report, log line and ready. */
  async until(isTrue: () => boolean, what: string): Promise<void> {
    const wait = async (): Promise<void> => {
      while (!isTrue()) await once(this.#news, 'news')
    }
    await withDeadline(wait(), DEADLINE_MS, what)
  }

  /** Resolves once it has recorded everything under this tag. */
  async recorded(tag: string): Promise<void> {
    const isDone = (report: PuppetReport): boolean => report.kind === 'recorded' && report.tag === tag
    await this.until(() => this.reports.some(isDone), `the records ${tag}`)
  }
}

export function resolvePuppet(): WorkerEntry {
  return {
    file: new URL('../../workers/tsx-entry.mjs', import.meta.url),
    module: new URL('./puppet.worker.ts', import.meta.url).href,
  }
}
