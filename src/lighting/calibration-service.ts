import { currentActor, runAsSystem } from '../activity/actor.ts'
import { resolveDeviceAddress } from '../devices/device-address.ts'
import type { DeviceService } from '../devices/device-service.ts'
import { LedGrabError } from '../errors.ts'
import type { Part } from '../lib/part.ts'
import { Serial } from '../lib/serial.ts'
import type { Recorder } from '../protocol/activity.ts'
import type { CalibrationAnswer, CalibrationRequest } from '../protocol/api-calibration.ts'
import type { Device } from '../protocol/api-devices.ts'
import type { Target } from '../protocol/api-targets.ts'
import { toCalibrationColors } from './calibration-colors.ts'
import { CALIBRATION_SOURCE, type CaptureManager } from './capture-manager.ts'
import type { RunningTargets } from './running-targets.ts'
import { toTargetPlan } from './target-plan.ts'
import type { TargetService } from './target-service.ts'

/** Nobody is left in a room with a strip in test colours. */
const MAX_MS = 60_000

export interface CalibrationServiceOptions {
  readonly targets: Pick<TargetService, 'get' | 'list'>
  readonly devices: Pick<DeviceService, 'get'>
  readonly running: Pick<RunningTargets, 'refresh' | 'stateOf'>
  readonly captures: Pick<CaptureManager, 'run' | 'stopTarget'>
  readonly recorder: Recorder
  readonly maxMs?: number
}

/** Why a calibration has ended; told in its entry. */
type EndReason = 'asked' | 'time is up' | 'the light was switched or changed' | 'the server stops'

interface Calibration {
  readonly target: Target
  /** What is wanted; what each LED shows follows the layout and the settings of the target. */
  request: CalibrationRequest
  /** Who asked for it. */
  actor: string
  /** Whether its light was off, and is lit for this alone. */
  readonly isLent: boolean
  readonly timer: NodeJS.Timeout
}

/**
 * Shows single LEDs, or whole edges, in colours of their own, so that a person sees where they are. It ends by
 * itself, and what was there before comes back: the picture, or the light of the controller.
 */
export class CalibrationService implements Part {
  readonly #options: CalibrationServiceOptions
  readonly #calibrations = new Map<string, Calibration>()
  readonly #serial = new Serial()

  constructor(options: CalibrationServiceOptions) {
    this.#options = options
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await Promise.all([...this.#calibrations.keys()].map((id) => this.end(id, 'the server stops')))
  }

  /** What the LEDs of a target show instead of its source, 3 bytes each; null: its source. */
  colorsOf(target: Target, device: Device): Uint8Array | null {
    const calibration = this.#calibrations.get(target.id)
    if (!calibration || calibration.isLent) return null
    try {
      return toCalibrationColors(calibration.request, target, device.led_count)
    } catch {
      // The strip has become shorter than what was asked for.
      runAsSystem(() => void this.end(target.id, 'the light was switched or changed'))
      return null
    }
  }

  /** Lets test colours follow a target or a device that was changed; a light that is on is refreshed anyway. */
  async refresh(targetId: string): Promise<void> {
    const isGone = await this.#serial.run(targetId, async () => {
      const calibration = this.#calibrations.get(targetId)
      if (!calibration?.isLent) return false
      const { targets, devices } = this.#options
      try {
        const target = await targets.get(targetId)
        await this.#lend(target, await devices.get(target.device_id), calibration.request)
        return false
      } catch {
        return true
      }
    })
    if (isGone) await this.end(targetId, 'the light was switched or changed')
  }

  /** As `refresh`, for all that light a device. */
  async deviceChanged(deviceId: string): Promise<void> {
    const targets = await this.#options.targets.list()
    const concerned = targets.filter(
      ({ id, device_id }) => device_id === deviceId && this.#calibrations.has(id),
    )
    await Promise.all(concerned.map(({ id }) => this.refresh(id)))
  }

  /**
   * Begins, or goes on with something else for another 60 s.
   *
   * @throws `LG_ENTITY_NOT_FOUND`, `LG_REQUEST_INVALID`, `LG_ENTITY_WRONG_STATE` while another target lights the
   *   device, `LG_DEVICE_ADDRESS_…`, `LG_THREAD_…`, `LG_TIMEOUT`
   */
  async show(targetId: string, request: CalibrationRequest): Promise<CalibrationAnswer> {
    return await this.#serial.run(targetId, async () => {
      const { targets, devices, running, recorder } = this.#options
      const maxMs = this.#options.maxMs ?? MAX_MS
      const target = await targets.get(targetId)
      const device = await devices.get(target.device_id)
      toCalibrationColors(request, target, device.led_count)
      const before = this.#calibrations.get(targetId)
      await this.#assertAlone(target)
      const isLent = before?.isLent ?? running.stateOf(targetId) === 'stopped'
      if (isLent) await this.#lend(target, device, request)
      const actor = currentActor()
      // Whoever goes on with something else does not make another entry; somebody else does.
      const isNews = before?.actor !== actor
      before?.timer.refresh()
      if (before) Object.assign(before, { request, actor })
      else {
        const timer = setTimeout(() => {
          runAsSystem(() => void this.end(targetId, 'time is up'))
        }, maxMs)
        this.#calibrations.set(targetId, { target, request, actor, isLent, timer })
      }
      if (isNews) {
        recorder.record('capture', 'calibration_started', {
          message: `"${target.name}" shows test colours for at most ${maxMs / 1_000} s.`,
          entity: { type: 'target', id: targetId, name: target.name },
          metadata: { device_id: device.id, show: request.show },
        })
      }
      if (!isLent) await running.refresh(targetId)
      return { target_id: targetId, ends_at: new Date(Date.now() + maxMs).toISOString() }
    })
  }

  /** Brings back what was on. Does nothing where there is no calibration. */
  async end(targetId: string, reason: EndReason = 'asked'): Promise<void> {
    await this.#serial.run(targetId, async () => {
      const calibration = this.#calibrations.get(targetId)
      if (!calibration) return
      const { running, captures, recorder } = this.#options
      clearTimeout(calibration.timer)
      this.#calibrations.delete(targetId)
      try {
        if (calibration.isLent) await captures.stopTarget(CALIBRATION_SOURCE.id, targetId)
        else if (reason !== 'the server stops') await running.refresh(targetId)
      } finally {
        const { name } = calibration.target
        recorder.record('capture', 'calibration_ended', {
          message: `"${name}" shows no test colours any more: ${reason}.`,
          entity: { type: 'target', id: targetId, name },
          metadata: { reason },
        })
      }
    })
  }

  /** Two streams to one controller would flicker. */
  async #assertAlone({ id, device_id }: Target): Promise<void> {
    const { targets, running } = this.#options
    const others = (await targets.list()).filter((other) => other.device_id === device_id && other.id !== id)
    const other = others.find(
      (one) => running.stateOf(one.id) !== 'stopped' || this.#calibrations.has(one.id),
    )
    if (other === undefined) return
    throw new LedGrabError('LG_ENTITY_WRONG_STATE', `"${other.name}" lights the same device; stop it first`)
  }

  async #lend(target: Target, device: Device, request: CalibrationRequest): Promise<void> {
    const colors = toCalibrationColors(request, target, device.led_count)
    const plan = toTargetPlan(target, CALIBRATION_SOURCE, device, await resolveDeviceAddress(device))
    await this.#options.captures.run(CALIBRATION_SOURCE, { ...plan, calibration: colors })
  }
}
