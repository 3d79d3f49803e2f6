// A process that takes the lock of a data directory, says so and keeps it until it is ended.
import { toPlainError } from '../../src/errors.ts'
import { lockDataDir } from '../../src/storage/data-dir.ts'

try {
  const lock = lockDataDir(process.argv[2] ?? '')
  console.log('held')
  process.stdin.resume().once('end', () => lock.release())
} catch (cause) {
  console.log(toPlainError(cause).code)
}
