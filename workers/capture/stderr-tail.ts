import { boundText } from '../../src/protocol/text.ts'

const MAX_TAIL_BYTES = 4_096
const MAX_REASON_LENGTH = 300

/** The last 4 KiB a child process wrote to its standard error, however much it writes. */
export class StderrTail {
  #tail = Buffer.alloc(0)
  #isCut = false

  push(chunk: Uint8Array): void {
    this.#isCut ||= this.#tail.length + chunk.length > MAX_TAIL_BYTES
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-MAX_TAIL_BYTES)]).subarray(-MAX_TAIL_BYTES)
  }

  /**
   * Its last lines as one line safe to show, at most 300 characters; empty when there is nothing.
   *
   * @param toShown given whole lines, leaves out of them what nobody should read.
   */
  toReason(toShown: (text: string) => string = (text) => text): string {
    const said = this.#tail.toString('utf8').split(/[\r\n]+/)
    const lines = (this.#isCut && said.length > 1 ? said.slice(1) : said)
      // ffmpeg prefixes lines with the address of the object: different each time and of no use.
      .map((line) => line.replace(/ @ 0x[0-9a-f]+\]/, ']').trim())
      .filter((line) => line !== '')
    return boundText(toShown(lines.slice(-3).join('; ')), MAX_REASON_LENGTH)
  }
}
