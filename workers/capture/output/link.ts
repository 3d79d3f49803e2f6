/** What a link did since it was last asked. */
export interface LinkCounts {
  readonly packetsOut: number
  readonly sendErrors: number
}

/**
 * The way packets take to one controller. Nothing it meets is thrown: what could not leave is counted,
 * and a link that broke mends itself.
 */
export interface Link {
  /** While busy, packets given to `send` are still read from, and it must not be called. */
  readonly isBusy: boolean
  /** Resolves when the link is up, or when the first try has failed and the next one is set. */
  open(): Promise<void>
  send(packets: readonly Uint8Array[]): void
  takeCounts(): LinkCounts
  /** At once; what has not left by now never does. A promise where others may only follow once it is closed. */
  close(): void | Promise<void>
}

export interface LinkEvents {
  /** Packets that could not leave at once have left: the next frame may be sent. */
  readonly onIdle: () => void
  /** The way to the controller is not usable for a reason worth an entry; undefined: it is again. */
  readonly onTrouble: (reason: string | undefined) => void
}
