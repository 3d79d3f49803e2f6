import type { ActivityRecorder } from '../../src/activity/recorder.ts'
import { withDeadline } from '../../src/lib/deadline.ts'
import { Supervisor } from '../../src/threads/supervisor.ts'

/** What the load worker is told, and says. */
export type LoadCommand =
  /** Records so many a second, in steps of 2 ms, for so long. */
  | { readonly kind: 'run'; readonly ratePerSecond: number; readonly seconds: number }
  /** Records as many in one go, and times each call. */
  | { readonly kind: 'time-calls'; readonly count: number }
export type LoadReport =
  | { readonly kind: 'offered'; readonly count: number }
  | { readonly kind: 'call-times'; readonly us: Float64Array }

/** A worker thread of the bench that records as our workers do. */
export class LoadWorker {
  readonly #supervisor: Supervisor<object, LoadCommand, LoadReport>
  #onReport: (report: LoadReport) => void = () => {}

  constructor(recorder: ActivityRecorder) {
    this.#supervisor = new Supervisor<object, LoadCommand, LoadReport>(
      { recorder, log: (level, message, fields) => level !== 'debug' && console.error(message, fields) },
      {
        entry: 'load',
        name: 'load',
        options: () => ({}),
        resolve: () => ({ file: new URL('./load.worker.js', import.meta.url) }),
        onReport: (report) => this.#onReport(report),
      },
    )
  }

  async start(): Promise<void> {
    await this.#supervisor.start()
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop()
  }

  /** @returns how many records it offered. */
  async run(ratePerSecond: number, seconds: number): Promise<number> {
    const report = await this.#ask({ kind: 'run', ratePerSecond, seconds }, seconds * 1_000 + 60_000)
    return report.kind === 'offered' ? report.count : 0
  }

  /** @returns what each call of `record` took, µs. */
  async timeCalls(count: number): Promise<Float64Array> {
    const report = await this.#ask({ kind: 'time-calls', count }, 120_000)
    return report.kind === 'call-times' ? report.us : new Float64Array()
  }

  async #ask(command: LoadCommand, timeoutMs: number): Promise<LoadReport> {
    const answer = new Promise<LoadReport>((resolve) => {
      this.#onReport = resolve
      this.#supervisor.send(command)
    })
    return await withDeadline(answer, timeoutMs, `the load worker's ${command.kind}`)
  }
}

/** Runs `work` with so many load workers. */
export async function withLoad<T>(
  recorder: ActivityRecorder,
  count: number,
  work: (workers: readonly LoadWorker[]) => Promise<T>,
): Promise<T> {
  const workers = Array.from({ length: count }, () => new LoadWorker(recorder))
  try {
    for (const worker of workers) await worker.start()
    return await work(workers)
  } finally {
    for (const worker of workers) await worker.stop()
  }
}
