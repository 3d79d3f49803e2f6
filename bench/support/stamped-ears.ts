import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { withDeadline } from '../../src/lib/deadline.ts'
import { findBenchFile } from './bench-file.ts'

const PACKET_BYTES = 126
const RECORD_BYTES = 2 + 8 + PACKET_BYTES
const DEADLINE_MS = 20_000

export interface StampedPacket {
  /** Of the port it came to. */
  readonly ear: number
  /** When the kernel had it, in ms since the epoch with fractions. */
  readonly atMs: number
  /** Its beginning: 126 bytes. */
  readonly bytes: Buffer
}

/**
 * UDP ports on loopback in a process of their own, whose packets are stamped by the kernel as they are sent. They
 * are read seldom, when nobody else wants the processor: a listener that wakes up with every packet takes its
 * time from the sender, and tells when it got round to reading.
 */
export class StampedEars {
  readonly ports: readonly number[]
  readonly #child: ChildProcessByStdio<null, Readable, null>

  private constructor(child: ChildProcessByStdio<null, Readable, null>, ports: readonly number[]) {
    this.#child = child
    this.ports = ports
  }

  /** Why there can be none here; undefined: there can. */
  static findMissing(): string | undefined {
    if (process.platform !== 'linux') return 'only Linux stamps packets'
    return spawnSync('python3', ['--version']).status === 0 ? undefined : 'python3 not found'
  }

  static async open(count: number): Promise<StampedEars> {
    const script = findBenchFile('support', 'stamped_ears.py')
    const child = spawn('python3', [script, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await withDeadline(once(child.stdout, 'data'), DEADLINE_MS, 'the listeners')
    return new StampedEars(child, JSON.parse(String(line)))
  }

  /** Ends them, and tells what came since they were opened. */
  async close(): Promise<readonly StampedPacket[]> {
    const chunks: Buffer[] = []
    this.#child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    await withDeadline(closed, DEADLINE_MS, 'what the listeners heard')
    const heard = Buffer.concat(chunks)
    return Array.from({ length: Math.floor(heard.length / RECORD_BYTES) }, (_, i) => {
      const at = i * RECORD_BYTES
      return {
        ear: heard.readUInt16LE(at),
        atMs: heard.readDoubleLE(at + 2),
        bytes: heard.subarray(at + 10, at + RECORD_BYTES),
      }
    })
  }
}
