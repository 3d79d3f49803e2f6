import type { SourceSettings } from '../../src/protocol/api-sources.ts'
import type { CaptureOptions } from '../../src/protocol/worker-messages.ts'
import { createSource, isPainted } from './create-source.ts'
import type { FrameSource, SourceEvents } from './frame-source.ts'
import { type JournalSink, SourceJournal } from './source-journal.ts'

/**
 * The source that the targets show, and its journal. New settings replace it by another one; the targets hold
 * what they show until that delivers.
 */
export class ShownSource {
  readonly #sink: JournalSink
  readonly #onFrame: SourceEvents['onFrame']
  #options: CaptureOptions
  #source: FrameSource
  #journal: SourceJournal
  #isStopped = false
  /** A video that does not begin anew has been shown. */
  #hasEnded = false
  /** The last change of settings, while it is not done. */
  #work = Promise.resolve()

  constructor(options: CaptureOptions, sink: JournalSink, onFrame: SourceEvents['onFrame']) {
    this.#options = options
    this.#sink = sink
    this.#onFrame = onFrame
    this.#source = this.#create()
    this.#journal = new SourceJournal(sink, options, this.#source.description)
  }

  start(): void {
    this.#journal.starting()
    this.#source.start()
  }

  /** Entries from now on call it so. */
  rename(name: string): void {
    this.#options = { ...this.#options, source_name: name }
    this.#journal.renamed(name)
  }

  /** Shows something else from now on; of settings that come faster than that goes, the last. */
  change(settings: SourceSettings): void {
    this.#options = { ...this.#options, settings }
    this.#work = this.#work.then(async () => {
      if (this.#isStopped || this.#options.settings !== settings) return
      await this.#source.stop()
      if (this.#isStopped) return
      this.#hasEnded = false
      this.#source = this.#create()
      // A picture that is made here neither comes nor goes: what has changed is told by whoever changed it.
      if (isPainted(settings)) this.#journal.repainted(this.#source.description)
      else {
        this.#journal.stopped()
        this.#journal = new SourceJournal(this.#sink, this.#options, this.#source.description)
        this.#journal.starting()
      }
      this.#source.start()
    })
  }

  /** For somebody who has not seen it: begins anew what has come to its end. */
  begin(): void {
    if (this.#hasEnded) this.change({ ...this.#options.settings })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#source.stop()
    await this.#work
  }

  /** The last entry about it. */
  stopped(): void {
    this.#journal.stopped()
  }

  #create(): FrameSource {
    return createSource(this.#options.settings, {
      onFrame: (frame, replaced, frameMs) => {
        this.#journal.frame()
        this.#onFrame(frame, replaced, frameMs)
      },
      onFailure: (reason, kind) => this.#journal.failed(reason, kind),
      onBackend: (description, reason) => this.#journal.backendChanged(description, reason),
      onEnd: () => {
        this.#hasEnded = true
        this.#journal.ended()
      },
    })
  }
}
