import { networkInterfaces } from 'node:os'
import { toDuration } from '../lib/duration.ts'
import type { Part } from '../lib/part.ts'
import { TokenBucket } from '../lib/token-bucket.ts'
import type { EntityRef, Recorder } from '../protocol/activity.ts'
import type { Device } from '../protocol/api-devices.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { WledInfo } from '../protocol/wled-info.ts'
import { DeviceHealth, type HealthNews, type HealthState } from './device-health.ts'
import { canAnswer, type LookResult } from './device-look.ts'

/** With two looks fits into 5 s: that is how soon silence is noticed. */
const LOOK_EVERY_MS = 2_000
/** A signal that has moved so far, in points of a hundred, is told: nearer ones come and go with every look. */
const TELL_SIGNAL_STEP = 10
/** Of one device: a handful at once, then two a minute. */
const DRIVER_NEWS = { capacity: 4, refillMs: 30_000 } as const

export interface Health {
  readonly state: HealthState
  /** ISO 8601. */
  readonly since: string
  /** Of its Wi-Fi, at its last answer; null where it does not say, and while it is offline. */
  readonly signal_percent: number | null
  readonly rssi_dbm: number | null
}

export interface HealthMonitorOptions {
  readonly listDevices: () => Promise<readonly Device[]>
  readonly look: (device: Device) => Promise<LookResult>
  readonly recorder: Recorder
  readonly publish: (event: BroadcastEvent) => void
  readonly nowMs?: () => number
  readonly lookEveryMs?: number
}

type Signal = Pick<WledInfo, 'signal_percent' | 'rssi_dbm'>

const NO_SIGNAL: Signal = { signal_percent: null, rssi_dbm: null }

interface Watched {
  device: Device
  readonly health: DeviceHealth
  timer: NodeJS.Timeout | undefined
  /** Who else drives it, as it was told; undefined: nobody. */
  takenBy: string | undefined
  /** How much may be told of who drives it. */
  readonly driverNews: TokenBucket
  signal: Signal
  /** As watchers were last told. */
  toldSignalPercent: number | null
}

/**
 * Looks after the devices that answer: notices silence within 5 s and return within 10 s, and whether
 * somebody else drives a WLED. Each is looked after by itself; one that is silent delays no other. A
 * receiver of DDP or E1.31 answers nothing, so its health stays unknown.
 */
export class HealthMonitor implements Part {
  readonly #options: HealthMonitorOptions
  readonly #nowMs: () => number
  readonly #watched = new Map<string, Watched>()
  #isStopping = false

  constructor(options: HealthMonitorOptions) {
    this.#options = options
    this.#nowMs = options.nowMs ?? Date.now
  }

  async start(): Promise<void> {
    await this.refresh()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    for (const { timer } of this.#watched.values()) clearTimeout(timer)
    this.#watched.clear()
  }

  /** Call when devices were added, changed or removed. */
  async refresh(): Promise<void> {
    const devices = (await this.#options.listDevices()).filter(({ type }) => canAnswer(type))
    if (this.#isStopping) return
    for (const [id, watched] of this.#watched) {
      if (devices.some((device) => device.id === id)) continue
      clearTimeout(watched.timer)
      this.#watched.delete(id)
    }
    for (const device of devices) {
      const known = this.#watched.get(device.id)
      if (known?.device.type === device.type) known.device = device
      else {
        clearTimeout(known?.timer)
        this.#add(device)
      }
    }
  }

  healthOf(deviceId: string): Health {
    const watched = this.#watched.get(deviceId)
    const health = watched?.health
    const { signal_percent, rssi_dbm } = watched?.signal ?? NO_SIGNAL
    return {
      state: health?.state ?? 'unknown',
      since: new Date(health?.sinceMs ?? this.#nowMs()).toISOString(),
      signal_percent,
      rssi_dbm,
    }
  }

  #add(device: Device): void {
    const watched: Watched = {
      device,
      health: new DeviceHealth(this.#nowMs()),
      timer: undefined,
      takenBy: undefined,
      driverNews: new TokenBucket(DRIVER_NEWS, performance.now()),
      signal: NO_SIGNAL,
      toldSignalPercent: null,
    }
    this.#watched.set(device.id, watched)
    void this.#look(watched)
  }

  async #look(watched: Watched): Promise<void> {
    const { device } = watched
    const result = await this.#options.look(device)
    // Deleted, or the server stops: nobody wants to know any more.
    if (this.#isStopping || this.#watched.get(device.id) !== watched) return
    const { state } = watched.health
    const news = this.#take(watched.health, result)
    for (const item of news) this.#recordHealth(watched.device, item)
    watched.signal = toSignal(watched, result)
    const { signal_percent: percent } = watched.signal
    if (watched.health.state !== state || hasMoved(watched.toldSignalPercent, percent)) {
      watched.toldSignalPercent = percent
      this.#options.publish({
        type: 'device_health_changed',
        device_id: device.id,
        state: watched.health.state,
      })
    }
    if (result.kind === 'answer' && result.info) this.#noteDriver(watched, result.info)
    // A first silence is looked into at once.
    const isSuspect = result.kind === 'silence' && watched.health.state !== 'offline'
    watched.timer = setTimeout(
      () => void this.#look(watched),
      isSuspect ? 0 : (this.#options.lookEveryMs ?? LOOK_EVERY_MS),
    )
    watched.timer.unref()
  }

  #take(health: DeviceHealth, result: LookResult): readonly HealthNews[] {
    switch (result.kind) {
      case 'answer':
        return health.answered(this.#nowMs())
      case 'silence':
        return health.failed(this.#nowMs(), result.reason)
      case 'unable':
        return []
    }
  }

  #recordHealth(device: Device, news: HealthNews): void {
    const { recorder } = this.#options
    const entity = toEntityRef(device)
    switch (news.kind) {
      case 'offline':
        recorder.record('device', 'device_offline', {
          message: `"${device.name}" does not answer any more at ${device.address} (${news.reason}).`,
          entity,
          metadata: { address: device.address, reason: news.reason },
        })
        return
      case 'online': {
        const seconds = Math.round(news.outageMs / 1_000)
        recorder.record('device', 'device_online', {
          message: `"${device.name}" answers again after ${toDuration(news.outageMs)}.`,
          entity,
          metadata: { address: device.address, outage_seconds: seconds },
        })
        return
      }
      case 'flapping':
        recorder.record('device', 'device_flapping', {
          message: `"${device.name}" came and went ${news.outages} more ${news.outages === 1 ? 'time' : 'times'} within a minute; it is ${news.state} now.`,
          entity,
          metadata: { address: device.address, outages: news.outages, state: news.state },
        })
    }
  }

  #noteDriver(watched: Watched, info: WledInfo): void {
    const { device, takenBy } = watched
    const driver = toForeignDriver(device, info)
    // Two senders in turns would fill the log: what is not told now is looked at again in a moment.
    if (driver === takenBy || !watched.driverNews.take(performance.now())) return
    watched.takenBy = driver
    const entity = toEntityRef(device)
    if (driver !== undefined) {
      this.#options.recorder.record('device', 'device_taken_over', {
        message: `Somebody else drives "${device.name}": ${driver}.`,
        entity,
        metadata: { driver, mode: info.live_mode, address: info.live_ip },
      })
    } else if (takenBy !== undefined) {
      this.#options.recorder.record('device', 'device_released', {
        message: `"${device.name}" is not driven by ${takenBy} any more.`,
        entity,
        metadata: { driver: takenBy },
      })
    }
  }
}

function hasMoved(told: number | null, percent: number | null): boolean {
  if (told === null || percent === null) return told !== percent
  return Math.abs(told - percent) >= TELL_SIGNAL_STEP
}

/** One look without an answer leaves it as it was. */
function toSignal({ health, signal }: Watched, result: LookResult): Signal {
  if (health.state !== 'online') return NO_SIGNAL
  if (result.kind !== 'answer' || !result.info) return signal
  return { signal_percent: result.info.signal_percent, rssi_dbm: result.info.rssi_dbm }
}

/** Who streams to it if it is not this server: `DDP from 192.168.1.40`; undefined if nobody else does. */
function toForeignDriver({ settings }: Device, info: WledInfo): string | undefined {
  if (!info.live) return undefined
  const mode = info.live_mode ?? 'an unknown protocol'
  const ours = settings.protocol === 'ddp' ? 'DDP' : 'UDP'
  const isOurs = mode === ours && (info.live_ip === null || isOwnAddress(info.live_ip))
  return isOurs ? undefined : `${mode} from ${info.live_ip ?? 'an unknown address'}`
}

function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address))
}

function toEntityRef(device: Device): EntityRef {
  return { type: 'device', id: device.id, name: device.name }
}
