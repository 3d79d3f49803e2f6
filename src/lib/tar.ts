/** A tar's blocks have this many bytes (POSIX.1-1988 ustar). */
const BLOCK_BYTES = 512
/** What the 12 octal digits of a size can say. */
const MAX_SIZE_BYTES = 8 ** 11 - 1

export interface TarEntry {
  /** At most 100 ASCII characters. */
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** The end of an archive: two empty blocks. */
export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES)

/** The block before a file's bytes, in the format `ustar`; the file is readable by its owner only. */
export function toTarHeader({ name, sizeBytes, modifiedMs }: TarEntry): Buffer {
  if (Buffer.byteLength(name) > 100 || sizeBytes > MAX_SIZE_BYTES) throw new RangeError('too long for a tar')
  const header = Buffer.alloc(BLOCK_BYTES)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  header.write(name, 0)
  header.write(octal(0o600, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(sizeBytes, 11), 124)
  header.write(octal(Math.floor(modifiedMs / 1_000), 11), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** What fills a file's last block up. */
export function toTarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES)
}

/** Bytes of a whole archive. */
export function toTarBytes(entries: readonly TarEntry[]): number {
  return entries.reduce(
    (sum, { sizeBytes }) => sum + BLOCK_BYTES + sizeBytes + toTarPadding(sizeBytes).length,
    TAR_END.length,
  )
}
