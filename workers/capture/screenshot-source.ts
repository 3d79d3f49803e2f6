import { toErrorMessage } from '../../src/errors.ts'
import { SOURCE_SIZE, toFrameBytes } from '../../src/led/picture.ts'
import { withDeadline } from '../../src/lib/deadline.ts'
import type { FrameSource, SourceDescription, SourceEvents } from './frame-source.ts'
import type { ScreenSettings } from './screen-grab.ts'
import { shrinkRgba } from './shrink.ts'

/** It takes a screenshot each time and is no faster on most machines. */
const MAX_FPS = 30
/** A screenshot that takes longer hangs in the display server. */
const SHOT_TIMEOUT_MS = 5_000

/** What is used of the optional package `node-screenshots`. */
interface Screenshots {
  readonly Monitor: { all(): readonly Monitor[] }
}

interface Monitor {
  isPrimary(): boolean
  captureImage(): Promise<Picture>
}

interface Picture {
  readonly width: number
  readonly height: number
  /** RGBA. */
  toRaw(copyOutputData?: boolean): Promise<Uint8Array>
}

/**
 * A screen by screenshots, for a machine without ffmpeg: slower, and with more of the processor. A failure is told
 * once; trying again is left to whoever started it.
 */
export class ScreenshotSource implements FrameSource {
  readonly description: SourceDescription
  readonly #settings: ScreenSettings
  readonly #events: SourceEvents
  readonly #frame = new Uint8Array(toFrameBytes(SOURCE_SIZE))
  #timer: NodeJS.Timeout | undefined
  #isStopped = false
  #capture = Promise.resolve()

  constructor(settings: ScreenSettings, events: SourceEvents) {
    this.#settings = settings
    this.#events = events
    const fps = Math.min(MAX_FPS, settings.fps)
    this.description = {
      backend: 'node-screenshots',
      what: settings.display === null ? 'the screen' : `the screen ${settings.display}`,
      caution: null,
      metadata: {
        display: settings.display ?? '',
        fps,
        width: SOURCE_SIZE.width,
        height: SOURCE_SIZE.height,
      },
    }
  }

  start(): void {
    this.#capture = this.#begin()
  }

  /** Waits for a screenshot that is being taken. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#capture
  }

  async #begin(): Promise<void> {
    let library: Screenshots
    try {
      library = await import('node-screenshots')
    } catch (cause) {
      this.#fail(`the package node-screenshots cannot be used: ${toErrorMessage(cause)}`, true)
      return
    }
    let monitor: Monitor
    try {
      monitor = findMonitor(library.Monitor.all(), this.#settings.display, process.env)
    } catch (cause) {
      this.#fail(toErrorMessage(cause))
      return
    }
    await this.#shoot(monitor, performance.now())
  }

  async #shoot(monitor: Monitor, dueMs: number): Promise<void> {
    if (this.#isStopped) return
    let takenMs: number
    try {
      const picture = await withDeadline(monitor.captureImage(), SHOT_TIMEOUT_MS, 'a screenshot')
      const pixels = await picture.toRaw()
      takenMs = performance.now()
      shrinkRgba({ pixels, width: picture.width, height: picture.height }, this.#settings.region, this.#frame)
    } catch (cause) {
      this.#fail(toErrorMessage(cause))
      return
    }
    if (this.#isStopped) return
    this.#events.onFrame(this.#frame, 0, takenMs)
    const nextMs = Math.max(performance.now(), dueMs + 1_000 / Math.min(MAX_FPS, this.#settings.fps))
    this.#timer = setTimeout(() => {
      this.#capture = this.#shoot(monitor, nextMs)
    }, nextMs - performance.now())
  }

  #fail(reason: string, isAbsent = false): void {
    if (!this.#isStopped) this.#events.onFailure(reason, isAbsent ? 'absent' : 'failed')
  }
}

function findMonitor(monitors: readonly Monitor[], wanted: string | null, env: NodeJS.ProcessEnv): Monitor {
  const isDisplay = wanted?.includes(':') ?? false
  if (isDisplay && wanted !== env.DISPLAY) {
    throw new Error(`node-screenshots sees the display of the server's own session only, not ${wanted}`)
  }
  const monitor =
    wanted === null || isDisplay
      ? (monitors.find((one) => one.isPrimary()) ?? monitors[0])
      : monitors[Number(wanted)]
  if (monitor === undefined) {
    throw new Error(monitors.length === 0 ? 'no screen was found' : `there is no screen number ${wanted}`)
  }
  return monitor
}
