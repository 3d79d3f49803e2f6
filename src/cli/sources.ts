import type { Command } from 'commander'
import { z } from 'zod'
import { SourceWithCapture } from '../protocol/api-sources.ts'
import { type ApiFlags, addApiOptions, callApi } from './api-client.ts'
import { parseAnswer } from './entity-finder.ts'
import { toTable } from './table.ts'
import { endWithReader, say } from './terminal.ts'

interface SourcesFlags extends ApiFlags {
  readonly json?: boolean
}

export function addSourcesCommand(program: Command): void {
  const sources = program.command('sources').description('what gives pictures to a running server')
  sources.hook('preAction', endWithReader)
  const list = sources
    .command('list')
    .description('show the sources, whether they give pictures, and why not')
    .option('--json', 'print the result as JSON')
  addApiOptions(list).action(listCommand)
}

export async function readSources(flags: ApiFlags): Promise<readonly SourceWithCapture[]> {
  return parseAnswer(z.array(SourceWithCapture), await callApi(flags, 'GET', '/api/v1/sources'))
}

async function listCommand(flags: SourcesFlags): Promise<void> {
  const sources = await readSources(flags)
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(sources)}\n`)
    return
  }
  if (sources.length === 0) {
    say('there are no sources')
    return
  }
  const rows = sources.map(({ name, type, capture, id }) => [
    name,
    type,
    capture.state,
    id,
    capture.reason ?? '',
  ])
  process.stdout.write(`${toTable([['NAME', 'TYPE', 'CAPTURE', 'ID', 'REASON'], ...rows])}\n`)
}
