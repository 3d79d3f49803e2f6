import type { Logger } from 'pino'
import type { ActivityLog } from './activity/activity-log.ts'
import { runAsSystem } from './activity/actor.ts'
import { Checkpointer } from './activity/checkpointer.ts'
import { HeadLog } from './activity/head-log.ts'
import { ActivityLogRetentionEngine } from './activity/retention.ts'
import { loadRetentionSettings } from './activity/retention-settings.ts'
import { RunRegister } from './activity/runs.ts'
import { LogWitness } from './activity/witness.ts'
import type { Config } from './config/schema.ts'
import { ArtnetPoller } from './devices/artnet-poller.ts'
import { lookAt } from './devices/device-look.ts'
import { DeviceService } from './devices/device-service.ts'
import { DiscoveryService } from './devices/discovery-service.ts'
import { HealthMonitor } from './devices/health-monitor.ts'
import { NetworkSearch } from './devices/network-search.ts'
import { toErrorMessage } from './errors.ts'
import { Access } from './http/access.ts'
import { ConnectionLog } from './http/connection-log.ts'
import { HostGuard } from './http/host-guard.ts'
import { Backup } from './http/jobs/backup.ts'
import { Metrics } from './http/metrics.ts'
import { RejectionLog } from './http/rejection-log.ts'
import { HttpServer } from './http/server.ts'
import type { Services } from './http/services.ts'
import { identifyWatcher } from './http/watchers.ts'
import type { LogRing } from './lib/log-ring.ts'
import { CalibrationService } from './lighting/calibration-service.ts'
import { CaptureManager } from './lighting/capture-manager.ts'
import { Demo } from './lighting/demo.ts'
import { DeviceIdentifier } from './lighting/device-identifier.ts'
import { RunningTargets } from './lighting/running-targets.ts'
import { SceneService } from './lighting/scene-service.ts'
import { SourceService } from './lighting/source-service.ts'
import { SourceStates } from './lighting/source-states.ts'
import { TargetService } from './lighting/target-service.ts'
import { TargetStatsBook } from './lighting/target-stats-book.ts'
import { TrialService } from './lighting/trial-service.ts'
import type { BroadcastEvent } from './protocol/server-events.ts'
import { RealtimeHub } from './realtime/hub.ts'
import { type DataDirLock, dataDirFiles } from './storage/data-dir.ts'
import type { LedgrabStore } from './storage/ledgrab-store.ts'
import { checkpoint } from './storage/open.ts'
import type { SupervisorContext } from './threads/supervisor.ts'
import { TaskPool } from './threads/task-pool.ts'

export interface ServerOptions {
  readonly config: Config
  readonly dataDir: string
  readonly logger: Logger
  /** The last lines of the server log; default: none are kept. */
  readonly logRing?: LogRing
  /** Virtual controllers on loopback, and nothing on the network. */
  readonly demo: boolean
}

/** What is open on disk, and the lock that lets nobody else in. */
export interface Storage {
  readonly lock: DataDirLock
  readonly store: LedgrabStore
  readonly log: ActivityLog
}

/** All parts of a server, in the order they start. */
export interface Parts {
  readonly services: Services
  readonly runs: RunRegister
  readonly headLog: HeadLog
  readonly checkpointer: Checkpointer
  readonly running: RunningTargets
  readonly captures: CaptureManager
  readonly artnet: ArtnetPoller
  readonly demo: Demo | undefined
  readonly http: HttpServer
}

/**
 * Constructs all parts and ties them together; starts nothing. The only place that knows every part.
 */
export async function compose(
  options: ServerOptions,
  version: string,
  { store, log }: Storage,
): Promise<Parts> {
  const { config, dataDir, logger } = options
  const warn = (message: string, fields: object): void => logger.warn(fields, message)
  // Work that nobody waits for acts as the system and must not end the server.
  const inBackground = (work: () => Promise<unknown>): void =>
    void runAsSystem(() =>
      work().catch((cause) => warn('background work failed', { error: toErrorMessage(cause) })),
    )
  const { recorder, repository } = log
  const context: SupervisorContext = {
    recorder,
    log: (level, message, fields) => logger[level](fields, message),
    onRestart: (entry) => metrics.noteRestart(entry),
  }
  const publish = (event: BroadcastEvent): void => hub.publishEvent(event)
  const activityFile = dataDirFiles(dataDir).activity

  const retention = new ActivityLogRetentionEngine({
    repository: {
      pruneChunk: (rule, maxRows) => log.mending(() => repository.pruneChunk(rule, maxRows)),
      reclaim: (pages) => log.mending(() => repository.reclaim(pages)),
      clear: () => log.mending(() => repository.clear()),
    },
    recorder,
    store: store.settings,
    settings: await loadRetentionSettings(store.settings),
    warn,
  })
  const pool = new TaskPool()
  const access = new Access(store.keys)
  const guard = new HostGuard({
    allowedHosts: config.server.allowed_hosts,
    allowedOrigins: config.server.allowed_origins,
  })
  const rejections = new RejectionLog({ recorder })
  const connections = new ConnectionLog(recorder)
  const hub = new RealtimeHub({
    logId: log.state.logId,
    headSeq: log.state.headSeq,
    authenticate: (token, request) => identifyWatcher({ access, rejections, connections }, token, request),
    readAfter: (afterSeq, filters, limit) => pool.readAfter({ file: activityFile, afterSeq, filters, limit }),
    serverLog: () => options.logRing?.lines ?? [],
    onPreviews: (targetIds) => captures.setPreviews(targetIds),
    warn,
  })
  const statsBook = new TargetStatsBook()
  const sourceStates = new SourceStates({ publish })
  const metrics = new Metrics({
    recorder,
    retention,
    hub,
    stats: statsBook,
    sources: sourceStates,
    activityFile,
  })
  const captures = new CaptureManager({
    context,
    states: sourceStates,
    onStats: (stats) => {
      for (const one of stats) {
        // Not of a light that is off and shows test colours.
        if (running.stateOf(one.target_id) === 'stopped') continue
        statsBook.note(one)
        publish({ type: 'target_stats', ...one })
      }
    },
    onPreview: (targetId, rgb) => hub.publishPreview(targetId, rgb),
  })
  const devices: DeviceService = new DeviceService({
    store: store.devices,
    recorder,
    publish,
    askMac: async (address, port) => {
      const result = await pool.probe({ address, port, timeoutMs: 1_000 })
      return result.ok ? result.info.mac : null
    },
    assertFits: (device) => targets.assertDeviceFits(device),
    onChanged: (deviceId) => {
      inBackground(() => running.deviceChanged(deviceId))
      inBackground(() => calibration.deviceChanged(deviceId))
      if (discovery) inBackground(() => discovery.refreshKnown())
      inBackground(() => health.refresh())
    },
  })
  const artnet = new ArtnetPoller({ warn })
  const health = new HealthMonitor({
    listDevices: () => devices.list(),
    look: (device) =>
      lookAt(device, {
        artnet,
        probe: (address, port, timeoutMs) => pool.probe({ address, port, timeoutMs }),
      }),
    recorder,
    publish,
  })
  const sources = new SourceService({
    store: store.sources,
    recorder,
    publish,
    onChanged: (source) => captures.change(source),
    assertUnused: (id) => scenes.assertSourceUnused(id),
  })
  const running = new RunningTargets({
    store: store.targets,
    devices,
    sources,
    captures,
    calibrationOf: (target, device) => calibration.colorsOf(target, device),
    asTried: (target) => trials.apply(target),
    recorder,
    publish: (event) => {
      if (event.type === 'target_state_changed' && event.state === 'stopped') statsBook.ended(event.target_id)
      publish(event)
    },
    warn,
  })
  const targets: TargetService = new TargetService({
    store: store.targets,
    devices,
    sources,
    running,
    recorder,
    publish,
    onStored: async (id, input) => {
      trials.settle(id, input)
      await calibration.refresh(id)
    },
    onReplaced: (id) => trials.end(id),
    onSwitch: async (id) => {
      trials.end(id)
      await calibration.end(id, 'the light was switched or changed')
    },
    onDeleted: async (target) => {
      trials.forget(target.id)
      statsBook.forget(target.id)
      await scenes.forgetTarget(target)
    },
  })
  const trials = new TrialService({ targets, running, recorder })
  const calibration = new CalibrationService({ targets, devices, running, captures, recorder })
  const scenes = new SceneService({ store: store.scenes, targets, recorder, publish })
  // The demo keeps to loopback: no phantom controllers on somebody's network, none of theirs in it.
  const browseOn = options.demo ? '127.0.0.1' : config.discovery.interface
  const discovery =
    options.demo || config.discovery.enabled
      ? new DiscoveryService({
          context,
          pool,
          devices,
          interface: browseOn,
          publish,
          onHint: (address) => inBackground(() => search.followHint(address, 'beacon')),
        })
      : undefined
  const search: NetworkSearch = new NetworkSearch({
    probe: (address, port, timeoutMs) => pool.probe({ address, port, timeoutMs }),
    probeNodes: (address, port, timeoutMs) => pool.probeNodes({ address, port, timeoutMs }),
    artnet,
    listDevices: () => devices.list(),
    interface: browseOn,
    isEnabled: discovery !== undefined,
    log: warn,
  })
  const services: Services = {
    version: version,
    startedMs: performance.now(),
    activityFile,
    recorder,
    repository,
    retention,
    witness: new LogWitness(log),
    pool,
    hub,
    metrics,
    keys: store.keys,
    access,
    guard,
    rejections,
    connections,
    devices,
    health,
    discovery,
    search,
    discoveryInterface: browseOn,
    identifier: new DeviceIdentifier({ devices, running, pool, recorder }),
    sources,
    sourceStates,
    targets,
    scenes,
    calibration,
    trials,
    stats: statsBook,
    backup: new Backup({ dataDir, pool }),
    publish,
  }
  if (options.logRing) options.logRing.onLine = (line) => hub.publishLogLine(line)
  return {
    services,
    runs: new RunRegister(log.file),
    checkpointer: new Checkpointer({
      checkpointBeside: () => pool.checkpoint(activityFile),
      checkpointHere: () => checkpoint(log.file.raw),
      warn: (message, cause) => warn(message, { error: toErrorMessage(cause) }),
    }),
    headLog: new HeadLog({
      head: () => recorder.committed,
      info: (message, fields) => logger.info(fields, message),
    }),
    running,
    captures,
    artnet,
    demo: options.demo
      ? new Demo({ context, devices, sources, targets, settings: store.settings })
      : undefined,
    http: new HttpServer({ host: config.server.host, port: config.server.port, logger, services }),
  }
}
