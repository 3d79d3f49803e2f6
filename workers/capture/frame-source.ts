/**
 * `stalled`: it runs and delivers nothing. `absent`: the program or library it needs is not there.
 * `failed`: it could not be started, or has ended.
 */
export type FailureKind = 'failed' | 'stalled' | 'absent'

/** What a source tells its worker. */
export interface SourceEvents {
  /**
   * A frame of `SOURCE_SIZE`, RGB24. It may be read until the call returns; then its buffer is used
   * again. `replaced` counts the frames since the last call that this newer one overtook; `frameMs` is when
   * this one was in hand, whole, on the clock of `performance.now()`.
   */
  onFrame(frame: Uint8Array, replaced: number, frameMs: number): void
  /** No frames until the next `onFrame`; the source keeps trying. Called again for every failed try. */
  onFailure(reason: string, kind: FailureKind): void
  /** The frames from now on come from something else than before, for this reason. */
  onBackend(description: SourceDescription, reason: string): void
  /** There is nothing more to show, and that is as it should be: the end of a video. */
  onEnd(): void
}

/** Gives frames until it is stopped, for ever: it retries by itself. */
export interface FrameSource {
  /** For entries: what gives the frames and where from. */
  readonly description: SourceDescription
  start(): void
  stop(): Promise<void>
}

export interface SourceDescription {
  /** `testcard`, `x11grab`: stable, for metadata. */
  readonly backend: string
  /** For a sentence: `the screen :0.0`. */
  readonly what: string
  /** A further sentence for whoever wonders why something is not seen. */
  readonly caution: string | null
  readonly metadata: { readonly [key: string]: string | number | boolean }
}
