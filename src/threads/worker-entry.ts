import { fileURLToPath } from 'node:url'

export interface WorkerEntry {
  /** What `new Worker` gets. */
  readonly file: URL
  /** For `workerData.module`; set when running from source. */
  readonly module?: string
}

// The one place that knows whether this process runs the sources or the build: `workers/` lies two
// folders above this file in both.
const isSource = import.meta.url.endsWith('.ts')
const extension = isSource ? 'ts' : 'js'

/** The entry of `workers/NAME.worker`, in source and in the build. */
export function workerEntry(name: string): WorkerEntry {
  const module = new URL(`../../workers/${name}.worker.${extension}`, import.meta.url)
  if (!isSource) return { file: module }
  return { file: new URL('../../workers/tsx-entry.mjs', import.meta.url), module: module.href }
}

/** The file of `workers/NAME.task` for Piscina, which loads `.ts` as it is under tsx. */
export function taskFile(name: string): string {
  return fileURLToPath(new URL(`../../workers/${name}.task.${extension}`, import.meta.url))
}
