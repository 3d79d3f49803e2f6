import { type CheckpointResult, checkpointBeside } from '../src/storage/open.ts'

/** Moves the write-ahead log into the file while the main thread goes on writing. */
export function checkpoint({ file }: { readonly file: string }): CheckpointResult {
  return checkpointBeside(file)
}
