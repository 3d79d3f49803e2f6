import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { toErrorMessage } from '../../src/errors.ts'
import { boundText } from '../../src/protocol/text.ts'
import { FrameAssembler } from './frame-assembler.ts'
import type { FailureKind } from './frame-source.ts'
import { StderrTail } from './stderr-tail.ts'

/** How long the last words on standard error may take after the child has ended. */
const LAST_WORDS_MS = 200

export interface FfmpegEvents {
  /** See `SourceEvents.onFrame`. */
  onFrame(frame: Uint8Array, replaced: number, frameMs: number): void
  /** Once, when the child is gone and `stop` was not called. `ended`: by itself, without an error. */
  onEnd(reason: string, kind: FailureKind | 'ended'): void
}

export interface FfmpegOptions {
  readonly args: readonly string[]
  readonly frameBytes: number
  /** Without a frame for so long it is taken for stuck, and ended. */
  readonly silenceMs: number
  /** What is not to be told of what it says: a password in an address. */
  readonly toShownReason?: (reason: string) => string
}

/** One run of ffmpeg that writes frames to its standard output, from `start` to the end of the child. */
export class FfmpegRun {
  readonly #options: FfmpegOptions
  readonly #events: FfmpegEvents
  readonly #assembler: FrameAssembler
  readonly #stderr = new StderrTail()
  readonly #ended: Promise<void>
  #resolveEnded: () => void = () => {}
  #child: ChildProcessByStdio<null, Readable, Readable> | undefined
  #delivery: NodeJS.Immediate | undefined
  #watchdog: NodeJS.Timeout | undefined
  #isStopped = false
  #hasEnded = false
  /** Why we ended it ourselves. */
  #abort: { readonly reason: string; readonly kind: FailureKind } | undefined

  constructor(options: FfmpegOptions, events: FfmpegEvents) {
    this.#options = options
    this.#events = events
    this.#assembler = new FrameAssembler(options.frameBytes)
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
  }

  start(): void {
    try {
      // The thread's own environment names the X11 authority file and the PATH.
      this.#child = spawn('ffmpeg', this.#options.args, { stdio: ['ignore', 'pipe', 'pipe'] })
    } catch (cause) {
      this.#end(boundText(`ffmpeg could not be started: ${toErrorMessage(cause)}`, 300))
      return
    }
    process.once('exit', this.#kill)
    const { silenceMs } = this.#options
    const silence = `ffmpeg delivered no frame for ${silenceMs / 1_000} seconds`
    this.#watchdog = setTimeout(() => this.abort(silence, 'stalled'), silenceMs)
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk))
    this.#child.on('error', (cause: NodeJS.ErrnoException) =>
      this.#end(toStartFailure(cause), cause.code === 'ENOENT' ? 'absent' : 'failed'),
    )
    this.#child.once('exit', (code, signal) => this.#awaitLastWords(code, signal))
  }

  /** Ends the child, whatever state it is in, and waits until it is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearImmediate(this.#delivery)
    if (this.#child === undefined) return
    this.#kill()
    await this.#ended
  }

  /** Ends the child for `reason`, which `onEnd` is then told. */
  abort(reason: string, kind: FailureKind = 'failed'): void {
    this.#abort ??= { reason, kind }
    this.#kill()
  }

  #take(chunk: Buffer): void {
    this.#assembler.push(chunk)
    if (!this.#assembler.hasFrame || this.#delivery !== undefined) return
    // Not at once: everything that has already arrived is read first, and the newest frame wins.
    this.#delivery = setImmediate(() => {
      this.#delivery = undefined
      this.#watchdog?.refresh()
      this.#assembler.take((frame, replaced, wholeMs) => this.#events.onFrame(frame, replaced, wholeMs))
    })
  }

  // SIGKILL: there is nothing to save, and a child that hangs in the display server ignores the rest.
  readonly #kill = (): void => {
    this.#child?.kill('SIGKILL')
  }

  #awaitLastWords(code: number | null, signal: NodeJS.Signals | null): void {
    const finish = (): void => this.#end(this.#toEndReason(code, signal), code === 0 ? 'ended' : 'failed')
    const timer = setTimeout(finish, LAST_WORDS_MS)
    this.#child?.once('close', () => {
      clearTimeout(timer)
      finish()
    })
  }

  #toEndReason(code: number | null, signal: NodeJS.Signals | null): string {
    if (this.#abort !== undefined) return this.#abort.reason
    const said = this.#stderr.toReason(this.#options.toShownReason)
    const how = signal === null ? `with code ${code}` : `by signal ${signal}`
    return said === '' ? `ffmpeg ended ${how}` : `ffmpeg ended ${how}: ${said}`
  }

  #end(reason: string, kind: FailureKind | 'ended' = 'failed'): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#watchdog)
    clearImmediate(this.#delivery)
    process.removeListener('exit', this.#kill)
    // A grandchild of a wrapper script may still hold the other ends.
    this.#child?.stdout.destroy()
    this.#child?.stderr.destroy()
    this.#resolveEnded()
    if (!this.#isStopped) this.#events.onEnd(reason, this.#abort?.kind ?? kind)
  }
}

function toStartFailure(cause: NodeJS.ErrnoException): string {
  return cause.code === 'ENOENT'
    ? 'the program ffmpeg was not found; install it (on Debian and Ubuntu: sudo apt install ffmpeg)'
    : boundText(`ffmpeg could not be started: ${cause.message}`, 300)
}
