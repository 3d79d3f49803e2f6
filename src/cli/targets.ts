import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { z } from 'zod'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { DeviceWithHealth } from '../protocol/api-devices.ts'
import { Target } from '../protocol/api-targets.ts'
import { neutralizeText } from '../protocol/text.ts'
import { type ApiFlags, addApiOptions, callApi } from './api-client.ts'
import { findNamed, parseAnswer } from './entity-finder.ts'
import { toLayoutText } from './layout-text.ts'
import { addProcessingOptions, toProcessingPatch } from './processing-options.ts'
import { formatSetting } from './setting-text.ts'
import { readSources } from './sources.ts'
import { toTable } from './table.ts'
import { endWithReader, say } from './terminal.ts'

const PATH = '/api/v1/targets'

interface TargetsFlags extends ApiFlags {
  readonly json?: boolean
}

interface SetFlags extends TargetsFlags {
  readonly layout?: string
}

export function addTargetsCommand(program: Command): void {
  const targets = program.command('targets').description('light the devices of a running server')
  targets.hook('preAction', endWithReader)
  const add = (command: Command): Command =>
    addApiOptions(command).option('--json', 'print the result as JSON')
  add(targets.command('list').description('show the targets and what runs')).action(listCommand)
  add(
    targets
      .command('show')
      .description('show a target with its layout and its processing')
      .argument('<target>', 'its name or its id'),
  ).action(showCommand)
  const set = targets
    .command('set')
    .description('change how a target processes its colours, or its layout; also while it runs')
    .argument('<target>', 'its name or its id')
    .option('--layout <file>', 'the layout as JSON, see docs/layouts.md')
  add(addProcessingOptions(set)).action(setCommand)
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
  const nameOf = await readNames(flags)
  const rows = targets.map(({ name, state, device_id, source_id, id }) => [
    name,
    state,
    nameOf(source_id),
    nameOf(device_id),
    id,
  ])
  process.stdout.write(`${toTable([['NAME', 'STATE', 'SOURCE', 'DEVICE', 'ID'], ...rows])}\n`)
}

async function showCommand(wanted: string, flags: TargetsFlags): Promise<void> {
  const target = findNamed(await readTargets(flags), wanted, 'target')
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(target)}\n`)
    return
  }
  const nameOf = await readNames(flags)
  const { name, state, source_id, device_id, id, layout, processing } = target
  const rows: readonly (readonly string[])[] = [
    ['name', name],
    ['state', state],
    ['source', nameOf(source_id)],
    ['device', nameOf(device_id)],
    ['id', id],
    ['layout', toLayoutText(layout)],
    ...Object.entries(processing).map(([setting, value]) => [setting, formatSetting(value)]),
  ]
  process.stdout.write(`${toTable(rows)}\n`)
}

async function setCommand(wanted: string, flags: SetFlags, command: Command): Promise<void> {
  const processing = toProcessingPatch(command.opts())
  const changed = Object.entries(processing).map(([name, value]) => `${name} ${formatSetting(value)}`)
  const layout = flags.layout === undefined ? undefined : readJson(flags.layout)
  if (layout !== undefined) changed.push('layout')
  if (changed.length === 0) {
    command.error("error: nothing to change; name a setting, as in --brightness 0.5 (see 'set --help')")
  }
  const target = findNamed(await readTargets(flags), wanted, 'target')
  const answer = await callApi(flags, 'PUT', `${PATH}/${encodeURIComponent(target.id)}`, {
    processing,
    layout,
  })
  const after = parseAnswer(Target, answer)
  if (flags.json) process.stdout.write(`${JSON.stringify(after)}\n`)
  else process.stdout.write(`"${neutralizeText(after.name)}" has now: ${changed.join(', ')}.\n`)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new LedGrabError('LG_CLI_FAILED', `${neutralizeText(file)}: ${toErrorMessage(cause)}`, { cause })
  }
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

/** Names of devices and sources by id; the id itself for one that is gone. */
async function readNames(flags: TargetsFlags): Promise<(id: string) => string> {
  const devices = parseAnswer(z.array(DeviceWithHealth), await callApi(flags, 'GET', '/api/v1/devices'))
  const sources = await readSources(flags)
  const names = new Map([...devices, ...sources].map(({ id, name }) => [id, name]))
  return (id) => names.get(id) ?? id
}
