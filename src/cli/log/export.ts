import { open, rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import { LedGrabError, toErrorMessage } from '../../errors.ts'
import type { ExportFormat } from '../../protocol/log-read.ts'
import { neutralizeText } from '../../protocol/text.ts'
import { ProgressBar } from '../progress-bar.ts'
import { say } from '../terminal.ts'
import type { LogSource, OnProgress } from './log-source.ts'
import { withLog } from './open-log.ts'
import { type FilterFlags, type SourceFlags, toLogFilters } from './options.ts'

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM'] as const

export interface ExportFlags extends SourceFlags, FilterFlags {
  readonly format: ExportFormat
  readonly output?: string
}

/** Writes what matches to a file or to standard output. */
export async function exportCommand(flags: ExportFlags): Promise<void> {
  await withLog(flags, async (log) => {
    const { output } = flags
    if (output === undefined) await exportToOutput(log, flags)
    else await exportToFile(log, flags, output)
  })
}

async function exportToOutput(log: LogSource, flags: ExportFlags): Promise<void> {
  const { stdout } = process
  const bar = new ProgressBar('Exporting')
  // On a terminal the entries themselves show how far it is.
  const onProgress: OnProgress = stdout.isTTY ? () => {} : (...at) => bar.update(...at)
  const text = log.export({ filters: toLogFilters(flags), format: flags.format, onProgress })
  try {
    if (stdout.isTTY) await pipeline(Readable.from(text), neutralised, stdout, { end: false })
    else await pipeline(Readable.from(text), stdout, { end: false })
  } finally {
    bar.end()
  }
}

/** Under another name until it is whole: what has the name is never half an export. */
async function exportToFile(log: LogSource, flags: ExportFlags, output: string): Promise<void> {
  const isWrittenInPlace = await isSpecialFile(output)
  const partial = isWrittenInPlace ? output : `${output}.partial`
  const bar = new ProgressBar('Exporting')
  const filters = toLogFilters(flags)
  const ending = new AbortController()
  const end = (): void => ending.abort(new LedGrabError('LG_CLI_FAILED', 'the export was broken off'))
  for (const signal of ENDING_SIGNALS) process.once(signal, end)
  try {
    // Before the server is asked: what it has sent, it records as exported.
    const file = await open(partial, 'w')
    const text = log.export({ filters, format: flags.format, onProgress: (...at) => bar.update(...at) })
    await pipeline(Readable.from(text), file.createWriteStream(), { signal: ending.signal })
    if (!isWrittenInPlace) await rename(partial, output)
  } catch (cause) {
    if (!isWrittenInPlace) await rm(partial, { force: true })
    throw toExportError(ending.signal.aborted ? ending.signal.reason : cause, output)
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, end)
    bar.end()
  }
  say(`exported to ${output}`)
}

/** Such as `/dev/null`, whose place nothing may take. */
async function isSpecialFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile()
  } catch {
    return false
  }
}

function toExportError(cause: unknown, output: string): LedGrabError {
  if (cause instanceof LedGrabError) return cause
  return new LedGrabError(
    'LG_CLI_FAILED',
    `${output} cannot be written (${toErrorMessage(cause)}); choose another with --output`,
    { cause },
  )
}

/** For a terminal: lines of text that it shows and does not obey. */
async function* neutralised(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield `${neutralizeText(line.replace(/\r$/, ''))}\n`
  }
  if (rest !== '') yield neutralizeText(rest)
}
