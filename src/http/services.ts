import type { ActivityRecorder } from '../activity/recorder.ts'
import type { ActivityLogRepository } from '../activity/repository.ts'
import type { ActivityLogRetentionEngine } from '../activity/retention.ts'
import type { LogWitness } from '../activity/witness.ts'
import type { DeviceService } from '../devices/device-service.ts'
import type { DiscoveryService } from '../devices/discovery-service.ts'
import type { HealthMonitor } from '../devices/health-monitor.ts'
import type { NetworkSearch } from '../devices/network-search.ts'
import type { CalibrationService } from '../lighting/calibration-service.ts'
import type { DeviceIdentifier } from '../lighting/device-identifier.ts'
import type { SceneService } from '../lighting/scene-service.ts'
import type { SourceService } from '../lighting/source-service.ts'
import type { SourceStates } from '../lighting/source-states.ts'
import type { TargetService } from '../lighting/target-service.ts'
import type { TargetStatsBook } from '../lighting/target-stats-book.ts'
import type { TrialService } from '../lighting/trial-service.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { RealtimeHub } from '../realtime/hub.ts'
import type { KeyStore } from '../storage/key-store.ts'
import type { TaskPool } from '../threads/task-pool.ts'
import type { Access } from './access.ts'
import type { ConnectionLog } from './connection-log.ts'
import type { HostGuard } from './host-guard.ts'
import type { Backup } from './jobs/backup.ts'
import type { Metrics } from './metrics.ts'
import type { RejectionLog } from './rejection-log.ts'

/** What the routes work with: made once, in `main.ts`. */
export interface Services {
  readonly version: string
  readonly startedMs: number
  /** Path of `activity.db`, for the reading threads. */
  readonly activityFile: string
  readonly recorder: ActivityRecorder
  readonly repository: ActivityLogRepository
  readonly retention: ActivityLogRetentionEngine
  readonly witness: LogWitness
  readonly pool: TaskPool
  readonly hub: RealtimeHub
  readonly metrics: Metrics
  readonly keys: KeyStore
  readonly access: Access
  readonly guard: HostGuard
  readonly rejections: RejectionLog
  readonly connections: ConnectionLog
  readonly devices: DeviceService
  readonly health: HealthMonitor
  /** Undefined when discovery is switched off. */
  readonly discovery: DiscoveryService | undefined
  readonly search: NetworkSearch
  /** See `DiscoveryOptions.interface`. */
  readonly discoveryInterface: string | null
  readonly identifier: DeviceIdentifier
  readonly sources: SourceService
  readonly sourceStates: SourceStates
  readonly targets: TargetService
  readonly scenes: SceneService
  readonly stats: TargetStatsBook
  readonly calibration: CalibrationService
  readonly trials: TrialService
  readonly backup: Backup
  readonly publish: (event: BroadcastEvent) => void
}
