import type { SourceCapture, SourceSettings } from './api-sources.ts'
import type { Layout, Processing, TargetStats } from './api-targets.ts'
import type { DeviceType, SettingsOf } from './device-settings.ts'
import type { SharedRecords } from './shared-records.ts'

/** Main to every worker. Plain data only. */
export type BaseCommand =
  | { readonly kind: 'stop' }
  /** Is anybody there? Answered with `pong`. */
  | { readonly kind: 'ping' }

/**
 * Every worker to main. Plain data only: structured clone strips classes, methods and `error.code`.
 * A worker cannot name an actor; the main thread does.
 */
export type BaseReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pong' }
  /** There are records, or losses of them, in the memory that both share. */
  | { readonly kind: 'records' }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string; readonly fields: object }
  /** The worker is done and says nothing more; its port closes next. */
  | { readonly kind: 'drained' }

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What a worker finds in `workerData`. `module` is read by the source-mode entry only. */
export interface WorkerStart<Options> {
  readonly module?: string
  readonly port: unknown
  readonly name: string
  readonly options: Options
  readonly records: SharedRecords
}

export type { TargetStats }

// ---- discovery.worker ------------------------------------------------------------------------

export interface DiscoveryOptions {
  /** An IPv4 address or interface name to browse on; null: every IPv4 interface that is up, loopback excepted. */
  readonly interface: string | null
  readonly known: readonly KnownController[]
}

/** A controller that is a device of ours: entries name it, and while it is gone it is asked for every 5 s. */
export interface KnownController {
  /** 12 lower-case hex digits. */
  readonly mac: string
  readonly device_id: string
  readonly device_name: string
}

/** A controller as mDNS tells it. All text is neutralised and bounded. */
export interface FoundController {
  /** Identity while it is present: the service instance's full name, lower case. */
  readonly key: string
  /** Instance name, whole, dots included. */
  readonly name: string
  /** IPv4 address. */
  readonly address: string
  /** HTTP port. */
  readonly port: number
  /** 12 lower-case hex digits, or null where it does not say. */
  readonly mac: string | null
  /** Set where the TXT record has `ddp=PORT`. */
  readonly ddp_port: number | null
}

export type DiscoveryCommand =
  | { readonly kind: 'known'; readonly known: readonly KnownController[] }
  /** Asks the network at once. */
  | { readonly kind: 'ask' }

export type DiscoveryReport =
  | PresenceReport
  /** Somebody there said it is a WLED; whoever hears this asks. */
  | { readonly kind: 'controller-hint'; readonly address: string }

/** What mDNS tells of one controller. */
export type PresenceReport =
  | { readonly kind: 'controller-found'; readonly controller: FoundController }
  | {
      readonly kind: 'controller-moved'
      readonly controller: FoundController
      readonly previous_address: string
    }
  | { readonly kind: 'controller-lost'; readonly controller: FoundController; readonly reason: LossReason }

export type LossReason = 'goodbye' | 'silence'

// ---- capture.worker --------------------------------------------------------------------------

export interface CaptureOptions {
  readonly source_id: string
  readonly source_name: string
  readonly settings: SourceSettings
  /** Set where the log is not told how the source is. */
  readonly is_silent?: true
}

/** How a device is sent its colours. */
export type OutputPlan =
  | { readonly kind: 'ddp'; readonly port: number; readonly color_order: ColorOrderName }
  /** WLED's UDP realtime. */
  | { readonly kind: 'realtime'; readonly port: number; readonly format: 'warls' | 'drgb' | 'dnrgb' }
  | ({
      readonly kind: 'e131'
      readonly port: number
      /** Each universe to a group of its own; the device's address is that of the first. */
      readonly is_multicast: boolean
    } & SettingsOf<'e131'>)
  | ({ readonly kind: 'artnet'; readonly port: number } & SettingsOf<'artnet'>)
  | ({ readonly kind: 'opc'; readonly port: number } & SettingsOf<'opc'>)
  /** The port's name is the device's address. */
  | ({ readonly kind: 'serial' } & SettingsOf<'adalight'>)

type ColorOrderName = SettingsOf<'ddp'>['color_order']

/** A target as the capture worker needs it. */
export interface TargetPlan {
  readonly target_id: string
  readonly target_name: string
  readonly device: {
    readonly id: string
    readonly name: string
    readonly type: DeviceType
    /**
     * An IP literal on a private network, loopback, or the multicast group of a universe, checked by
     * the main thread; the name of a serial port.
     */
    readonly address: string
    /** HTTP port of a WLED, to release it; null where there is none. */
    readonly http_port: number | null
    readonly led_count: number
    readonly output: OutputPlan
  }
  readonly layout: Layout
  readonly processing: Processing
  /** What the LEDs show instead of the source, 3 bytes RGB each; null: the source. */
  readonly calibration: Uint8Array | null
  /** Where another thread that left the target was in its stream: receivers drop what looks late. */
  readonly first_sequence?: number
}

/** For `identify.task`: makes a controller blink. */
export interface IdentifyRequest {
  readonly device: TargetPlan['device']
  readonly seconds: number
}

export interface IdentifyResult {
  readonly packets_out: number
  readonly send_errors: number
  /** Why the way to the controller could not be used, where that is known. */
  readonly trouble: string | null
}

export type CaptureCommand =
  /** Starts a target, or gives a running one a new plan without a dark moment. */
  | { readonly kind: 'run-target'; readonly plan: TargetPlan }
  /** Ends its stream and releases its controller. */
  | { readonly kind: 'stop-target'; readonly target_id: string }
  /** Sends no more of it, and leaves the controller as it is: another thread goes on. */
  | { readonly kind: 'leave-target'; readonly target_id: string }
  /** What entries call the source from now on. */
  | { readonly kind: 'source-name'; readonly name: string }
  /** What is shown from now on, on the targets that run; of the same type as before. */
  | { readonly kind: 'source-settings'; readonly settings: SourceSettings }
  /** Which targets somebody watches; colours are posted for these only. */
  | { readonly kind: 'preview'; readonly target_ids: readonly string[] }

export type CaptureReport =
  | { readonly kind: 'target-running'; readonly target_id: string }
  | { readonly kind: 'target-stopped'; readonly target_id: string }
  | { readonly kind: 'target-left'; readonly target_id: string; readonly next_sequence: number | null }
  | { readonly kind: 'source-state'; readonly state: SourceState; readonly reason: string | null }
  | { readonly kind: 'target-stats'; readonly stats: readonly TargetStats[] }
  /** `rgb`: 3 bytes per LED, as sent. */
  | { readonly kind: 'target-preview'; readonly target_id: string; readonly rgb: Uint8Array }

export type SourceState = Exclude<SourceCapture['state'], 'closed'>

// ---- virtual-controller.worker ---------------------------------------------------------------

/** A controller that lives in a thread and behaves as WLED does. Everything is bound to 127.0.0.1. */
export interface VirtualControllerOptions {
  readonly name: string
  /** 12 lower-case hex digits. */
  readonly mac: string
  readonly led_count: number
  /** 0: any free port. */
  readonly http_port: number
  readonly ddp_port: number
  /** WLED's UDP realtime protocols; 0: any free port. */
  readonly realtime_port: number
}

export type VirtualControllerCommand = { readonly kind: 'unplug' } | { readonly kind: 'plug' }

export type VirtualControllerReport = {
  readonly kind: 'listening'
  readonly http_port: number
  readonly ddp_port: number
  readonly realtime_port: number
}

/** Fails to compile when a `switch` over a message kind misses a case. */
export function assertNever(value: never): never {
  throw new TypeError(`unhandled message: ${JSON.stringify(value)}`)
}
