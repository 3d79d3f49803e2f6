import { boundText } from '../../src/protocol/text.ts'

const MAX_TAIL_BYTES = 2_048
const MAX_REASON_LENGTH = 300

/** The last 2 KiB a child process wrote to its standard error, however much it writes. */
export class StderrTail {
  #tail = Buffer.alloc(0)

  push(chunk: Uint8Array): void {
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-MAX_TAIL_BYTES)]).subarray(-MAX_TAIL_BYTES)
  }

  /** Its last lines as one line safe to show, at most 300 characters; empty when there is nothing. */
  toReason(): string {
    const lines = this.#tail
      .toString('utf8')
      .split(/[\r\n]+/)
      // ffmpeg prefixes lines with the address of the object: different each time and of no use.
      .map((line) => line.replace(/ @ 0x[0-9a-f]+\]/, ']').trim())
      .filter((line) => line !== '')
    return boundText(lines.slice(-3).join('; '), MAX_REASON_LENGTH)
  }
}
