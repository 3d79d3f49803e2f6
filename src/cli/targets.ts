import type { Command } from 'commander'
import { z } from 'zod'
import { DeviceWithHealth } from '../protocol/api-devices.ts'
import { Source } from '../protocol/api-sources.ts'
import { Target } from '../protocol/api-targets.ts'
import { neutralizeText } from '../protocol/text.ts'
import { type ApiFlags, addApiOptions, callApi } from './api-client.ts'
import { findNamed, parseAnswer } from './entity-finder.ts'
import { toTable } from './table.ts'
import { endWithReader, say } from './terminal.ts'

const PATH = '/api/v1/targets'

interface TargetsFlags extends ApiFlags {
  readonly json?: boolean
}

export function addTargetsCommand(program: Command): void {
  const targets = program.command('targets').description('light the devices of a running server')
  targets.hook('preAction', endWithReader)
  const add = (command: Command): Command =>
    addApiOptions(command).option('--json', 'print the result as JSON')
  add(targets.command('list').description('show the targets and what runs')).action(listCommand)
  for (const verb of ['start', 'stop'] as const) {
    const description = verb === 'start' ? 'begin to light its device' : 'stop, and release its device'
    add(targets.command(verb).description(description).argument('<target>', 'its name or its id')).action(
      (wanted: string, flags: TargetsFlags) => switchCommand(verb, wanted, flags),
    )
  }
}

async function listCommand(flags: TargetsFlags): Promise<void> {
  const targets = await readTargets(flags)
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(targets)}\n`)
    return
  }
  if (targets.length === 0) {
    say('there are no targets')
    return
  }
  const devices = parseAnswer(z.array(DeviceWithHealth), await callApi(flags, 'GET', '/api/v1/devices'))
  const sources = parseAnswer(z.array(Source), await callApi(flags, 'GET', '/api/v1/sources'))
  const nameOf = (items: readonly { id: string; name: string }[], id: string): string =>
    items.find((item) => item.id === id)?.name ?? id
  const rows = targets.map(({ name, state, device_id, source_id, id }) => [
    name,
    state,
    nameOf(sources, source_id),
    nameOf(devices, device_id),
    id,
  ])
  process.stdout.write(`${toTable([['NAME', 'STATE', 'SOURCE', 'DEVICE', 'ID'], ...rows])}\n`)
}

async function switchCommand(verb: 'start' | 'stop', wanted: string, flags: TargetsFlags): Promise<void> {
  const target = findNamed(await readTargets(flags), wanted, 'target')
  const answer = await callApi(flags, 'POST', `${PATH}/${encodeURIComponent(target.id)}/${verb}`)
  const after = parseAnswer(Target, answer)
  if (flags.json) process.stdout.write(`${JSON.stringify(after)}\n`)
  else process.stdout.write(`"${neutralizeText(after.name)}" is ${after.state}.\n`)
}

async function readTargets(flags: TargetsFlags): Promise<readonly Target[]> {
  return parseAnswer(z.array(Target), await callApi(flags, 'GET', PATH))
}
