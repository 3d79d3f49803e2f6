import { ActivityLog } from './activity/activity-log.ts'
import type { LogState } from './activity/log-state.ts'
import { loadRetentionSettings } from './activity/retention-settings.ts'
import type { RunRegister } from './activity/runs.ts'
import type { SealedEntry } from './activity/sealer.ts'
import { compose, type Parts, type ServerOptions, type Storage } from './compose.ts'
import { toErrorMessage } from './errors.ts'
import type { HttpServer } from './http/server.ts'
import type { Services } from './http/services.ts'
import { withDeadline } from './lib/deadline.ts'
import { readVersion } from './lib/version.ts'
import { dataDirFiles, lockDataDir } from './storage/data-dir.ts'
import { type LedgrabStore, openLedgrabStore } from './storage/ledgrab-store.ts'

/** What each step of the stop may take, ms; the whole stays within 5 s. */
const STOP_LIMITS = {
  announce: 400,
  workers: 2_600,
  demo: 400,
  retention: 200,
  flush: 300,
  tasks: 500,
  watchers: 500,
  run: 100,
} as const

/** The server: opens the storage, and owns the order in which its parts start and stop. */
export class LedGrabServer {
  readonly #options: ServerOptions
  readonly #version = readVersion()
  #storage: Storage | undefined
  #parts: Parts | undefined
  #stopped: Promise<void> | undefined
  #hasStarted = false

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /**
   * Starts everything and resolves when requests are answered.
   *
   * @throws a `LedGrabError` for what the user can mend; what had started is stopped again.
   */
  async start(): Promise<void> {
    const storage = await this.#openStorage()
    this.#storage = storage
    const parts = await compose(this.#options, this.#version, storage)
    this.#parts = parts
    const { services, runs, headLog, running, demo, http } = parts
    try {
      await storage.log.mending(async () => {
        await this.#noteCrashes(runs, storage)
        await runs.begin(Date.now(), this.#version)
      })
      await services.rejections.start()
      await services.connections.start()
      await services.retention.start()
      await headLog.start()
      await services.pool.start()
      await services.hub.start()
      await running.start()
      await services.search.start()
      await this.#startDiscovery(services)
      await demo?.start()
      // Not before: the controllers of the demo have other ports each time.
      await services.health.start()
      await http.start()
    } catch (cause) {
      await this.stop('a failed start')
      throw cause
    }
    this.#hasStarted = true
    this.#recordStarted(storage.log, http)
  }

  /** `http://HOST:PORT` once started. */
  get url(): string {
    return this.#parts?.http.url ?? ''
  }

  /**
   * Stops everything in order, each step bounded; a step that fails is logged and the rest still
   * runs. `reason` completes "The server stops because of …".
   */
  async stop(reason: string): Promise<void> {
    this.#stopped ??= this.#stopAll(reason)
    await this.#stopped
  }

  /**
   * For the last moment of the process: writes what the log still holds, synchronously.
   *
   * @returns how many entries could not be written.
   */
  flushSync(): number {
    return this.#storage?.log.recorder.flushSync() ?? 0
  }

  async #stopAll(reason: string): Promise<void> {
    const storage = this.#storage
    if (this.#parts && storage) await this.#stopParts(this.#parts, storage, reason)
    // Not before: until then whoever watches is told what happens.
    this.#parts = undefined
    this.#storage = undefined
    if (storage) this.#closeStorage(storage)
  }

  async #openStorage(): Promise<Storage> {
    const files = dataDirFiles(this.#options.dataDir)
    const lock = lockDataDir(this.#options.dataDir)
    let store: LedgrabStore | undefined
    try {
      store = await openLedgrabStore(files.ledgrab)
      const { enabled } = await loadRetentionSettings(store.settings)
      const publish = (entries: readonly SealedEntry[]): void =>
        this.#parts?.services.hub.publishEntries(entries)
      const log = await ActivityLog.open(files.activity, {
        enabled,
        publish,
        warn: this.#warn,
        replaceDamaged: true,
        onReplacing: async () => this.#parts?.services.pool.restartReaders(),
        onReplaced: (state) => this.#onLogReplaced(state),
        onCommitTimed: (rows, tookMs) => {
          this.#parts?.services.metrics.noteCommit(rows, tookMs)
          this.#parts?.checkpointer.noteCommit(rows)
        },
      })
      return { lock, store, log }
    } catch (cause) {
      store?.close()
      lock.release()
      throw cause
    }
  }

  /** The file of the log was damaged: whoever has read from it starts over. */
  async #onLogReplaced(state: LogState): Promise<void> {
    if (this.#parts === undefined) return
    const { services, runs } = this.#parts
    services.hub.reset(state.logId, state.headSeq)
    if (runs.hasBegun) await runs.begin(Date.now(), this.#version)
  }

  async #noteCrashes(runs: RunRegister, { log }: Storage): Promise<void> {
    const crashed = await runs.findCrashed()
    for (const { id, startedMs, version } of crashed) {
      const started = new Date(startedMs).toISOString()
      log.recorder.record('system', 'unclean_shutdown_detected', {
        message: `The server that was started at ${started} ended without being stopped; the last entry before that is number ${log.state.headSeq}.`,
        entity: { type: 'run', id: String(id), name: started },
        metadata: { started, version, last_seq: log.state.headSeq },
      })
    }
    if (crashed.length === 0) return
    await log.recorder.flush()
    await runs.markCrashesNoted()
  }

  /** A server without discovery still lights what it knows. */
  async #startDiscovery({ discovery }: Services): Promise<void> {
    try {
      await discovery?.start()
    } catch (cause) {
      this.#warn('discovery could not be started', { error: toErrorMessage(cause) })
    }
  }

  #recordStarted({ recorder }: ActivityLog, http: HttpServer): void {
    const { config, dataDir, demo } = this.#options
    const { host, port, allowed_hosts, allowed_origins } = config.server
    recorder.record('system', 'server_started', {
      message: `LedGrab ${this.#version} started and answers at ${http.url}.`,
      metadata: {
        version: this.#version,
        node: process.version,
        platform: process.platform,
        url: http.url,
        demo,
        config: {
          server: { host, port, allowed_hosts, allowed_origins },
          data_dir: dataDir,
          log: config.log,
          discovery: config.discovery,
        },
      },
    })
  }

  async #stopParts(parts: Parts, { log }: Storage, reason: string): Promise<void> {
    const { services, runs, headLog, checkpointer, running, captures, artnet, demo, http } = parts
    const { recorder } = log
    await this.#step('announcing the stop', STOP_LIMITS.announce, async () => {
      // Of a start that failed nobody was told.
      if (!this.#hasStarted) return
      recorder.record('system', 'server_shutting_down', {
        message: `The server stops because of ${reason}.`,
        metadata: { reason, uptime_seconds: Math.floor((performance.now() - services.startedMs) / 1_000) },
      })
      await recorder.flush()
    })
    http.refuseNew()
    services.hub.refuseNew()
    await this.#step('stopping the workers', STOP_LIMITS.workers, async () => {
      await running.stop()
      await Promise.all([services.calibration.stop(), services.trials.stop()])
      await Promise.all([services.health.stop(), services.search.stop(), artnet.stop()])
      await Promise.all([captures.stop(), services.discovery?.stop()])
    })
    await this.#step('stopping the demo', STOP_LIMITS.demo, async () => demo?.stop())
    await this.#step('stopping retention', STOP_LIMITS.retention, async () => {
      await services.rejections.stop()
      await services.connections.stop()
      await headLog.stop()
      checkpointer.stop()
      await services.retention.stop()
    })
    await this.#step('writing the last entries', STOP_LIMITS.flush, () => recorder.flush())
    await this.#step('ending the task threads', STOP_LIMITS.tasks, () => services.pool.stop())
    await this.#step('closing connections', STOP_LIMITS.watchers, async () => {
      await services.hub.stop()
      await http.stop()
    })
    await this.#step('marking the run as ended', STOP_LIMITS.run, () => runs.end(Date.now()))
  }

  #closeStorage({ lock, store, log }: Storage): void {
    const { recorder, file } = log
    const lost = recorder.flushSync()
    if (lost > 0) this.#warn('entries could not be written and are lost', { count: lost })
    this.#options.logger.info(
      { seq: recorder.committed.seq, hash: Buffer.from(recorder.committed.hash).toString('hex') },
      'head of the activity log',
    )
    for (const close of [
      () => file.raw.pragma('wal_checkpoint(TRUNCATE)'),
      () => file.raw.close(),
      () => store.close(),
      () => lock.release(),
    ]) {
      try {
        close()
      } catch (cause) {
        this.#warn('a database could not be closed cleanly', { error: toErrorMessage(cause) })
      }
    }
  }

  async #step(what: string, timeoutMs: number, work: () => Promise<unknown>): Promise<void> {
    try {
      await withDeadline(work(), timeoutMs, what)
    } catch (cause) {
      this.#warn(`${what} failed`, { error: toErrorMessage(cause) })
    }
  }

  readonly #warn = (message: string, fields: object): void => this.#options.logger.warn(fields, message)
}
