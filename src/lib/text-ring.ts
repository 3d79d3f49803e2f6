/** Where the two sides are: positions in bytes from the start of the texts. */
const READ = 0
const WRITTEN = 1
const HEAD_BYTES = 8
/** Before each text: how many bytes it has. */
const LENGTH_BYTES = 4
/** In place of a length: the next text is at the start. */
const AT_START = -1

/** Memory for a ring of at most `maxBytes` of text in UTF-8. The system gives it as it is used. */
export function createTextRing(maxBytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + toAligned(maxBytes))
}

/** The two views of a ring's memory. Texts begin at multiples of four, so that lengths are words of it. */
interface Views {
  readonly head: Int32Array
  readonly lengths: Int32Array
  readonly bytes: Buffer
}

/**
 * The end of a ring that gives: one thread only. What was written is there for the reader also when
 * this thread ends in the next moment, in whatever way.
 */
export class TextRingWriter {
  readonly #views: Views
  #at = 0

  constructor(memory: SharedArrayBuffer) {
    this.#views = viewsOf(memory)
  }

  /** @returns false when there is no room; at most `text.length` * 3 + 8 bytes are needed. */
  write(text: string): boolean {
    const { head, lengths, bytes } = this.#views
    // A UTF-16 unit is at most three bytes of UTF-8.
    const place = this.#findRoom(LENGTH_BYTES + toAligned(text.length * 3))
    if (place === undefined) return false
    const length = bytes.write(text, place + LENGTH_BYTES)
    lengths[place >> 2] = length
    if (place !== this.#at && place === 0) lengths[this.#at >> 2] = AT_START
    this.#at = place + LENGTH_BYTES + toAligned(length)
    // Last: the reader looks at nothing beyond this.
    Atomics.store(head, WRITTEN, this.#at)
    return true
  }

  /**
   * Never up to where the reader is: that would look as if all were read. In the second half an empty ring
   * starts again, so that its other half is only used when there is much to keep.
   */
  #findRoom(size: number): number | undefined {
    const { head, bytes } = this.#views
    const read = Atomics.load(head, READ)
    const at = this.#at
    if (at < read) return size < read - at ? at : undefined
    if (at === read && at >= bytes.length / 2 && size < read) return 0
    // Room is kept for the word that leads back to the start.
    if (size <= bytes.length - LENGTH_BYTES - at) return at
    return size < read ? 0 : undefined
  }
}

/** The end of a ring that takes: one thread only, another one. */
export class TextRingReader {
  readonly #views: Views
  #at = 0

  constructor(memory: SharedArrayBuffer) {
    this.#views = viewsOf(memory)
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#views.head, WRITTEN) === this.#at
  }

  /** The oldest text that was not yet read, or undefined. */
  read(): string | undefined {
    if (this.isEmpty) return undefined
    const { head, lengths, bytes } = this.#views
    if (lengths[this.#at >> 2] === AT_START) this.#at = 0
    const length = lengths[this.#at >> 2] ?? 0
    const from = this.#at + LENGTH_BYTES
    const text = bytes.toString('utf8', from, from + length)
    this.#at = from + toAligned(length)
    Atomics.store(head, READ, this.#at)
    return text
  }
}

function viewsOf(memory: SharedArrayBuffer): Views {
  return {
    head: new Int32Array(memory, 0, HEAD_BYTES / 4),
    lengths: new Int32Array(memory, HEAD_BYTES),
    bytes: Buffer.from(memory, HEAD_BYTES),
  }
}

function toAligned(bytes: number): number {
  return (bytes + 3) & ~3
}
