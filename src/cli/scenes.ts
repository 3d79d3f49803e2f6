import type { Command } from 'commander'
import { z } from 'zod'
import { LedGrabError } from '../errors.ts'
import { Scene, SceneApplied } from '../protocol/api-scenes.ts'
import { neutralizeText } from '../protocol/text.ts'
import { type ApiFlags, addApiOptions, callApi } from './api-client.ts'
import { findNamed, parseAnswer } from './entity-finder.ts'
import { toTable } from './table.ts'
import { endWithReader, say } from './terminal.ts'

const PATH = '/api/v1/scenes'

interface ScenesFlags extends ApiFlags {
  readonly json?: boolean
}

export function addScenesCommand(program: Command): void {
  const scenes = program.command('scenes').description('switch several lights of a running server at once')
  scenes.hook('preAction', endWithReader)
  const add = (command: Command): Command =>
    addApiOptions(command).option('--json', 'print the result as JSON')
  add(scenes.command('list').description('show the scenes')).action(listCommand)
  add(
    scenes
      .command('apply')
      .description('switch a scene on; exits with 1 if a light of it failed')
      .argument('<scene>', 'its name or its id'),
  ).action(applyCommand)
  add(
    scenes
      .command('save')
      .description('make a scene of all lights as they are now')
      .argument('<name>', 'what to call it'),
  ).action(saveCommand)
  add(
    scenes.command('remove').description('forget a scene').argument('<scene>', 'its name or its id'),
  ).action(removeCommand)
}

async function listCommand(flags: ScenesFlags): Promise<void> {
  const scenes = await readScenes(flags)
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(scenes)}\n`)
    return
  }
  if (scenes.length === 0) {
    say('there are no scenes')
    return
  }
  const rows = scenes.map(({ name, targets, id }) => [
    name,
    String(targets.filter(({ is_on: isOn }) => isOn).length),
    String(targets.filter(({ is_on: isOn }) => !isOn).length),
    id,
  ])
  process.stdout.write(`${toTable([['NAME', 'ON', 'OFF', 'ID'], ...rows])}\n`)
}

async function applyCommand(wanted: string, flags: ScenesFlags): Promise<void> {
  const { id } = findNamed(await readScenes(flags), wanted, 'scene')
  const answer = await callApi(flags, 'POST', `${PATH}/${encodeURIComponent(id)}/apply`)
  const { scene, targets } = parseAnswer(SceneApplied, answer)
  if (flags.json) process.stdout.write(`${JSON.stringify({ scene, targets })}\n`)
  else {
    const lines = targets.map(({ name, outcome, error }) =>
      neutralizeText(`  ${name}: ${outcome}${error ? `, ${error.message}` : ''}`),
    )
    process.stdout.write(`"${neutralizeText(scene.name)}" is on.\n${lines.join('\n')}\n`)
  }
  const failed = targets.filter(({ outcome }) => outcome === 'failed').length
  if (failed > 0) {
    throw new LedGrabError('LG_CLI_FAILED', `${failed} of ${targets.length} lights could not be switched`)
  }
}

async function saveCommand(name: string, flags: ScenesFlags): Promise<void> {
  const scene = parseAnswer(Scene, await callApi(flags, 'POST', PATH, { name }))
  if (flags.json) process.stdout.write(`${JSON.stringify(scene)}\n`)
  else
    process.stdout.write(
      `"${neutralizeText(scene.name)}" keeps ${scene.targets.length} lights as they are now.\n`,
    )
}

async function removeCommand(wanted: string, flags: ScenesFlags): Promise<void> {
  const scene = findNamed(await readScenes(flags), wanted, 'scene')
  await callApi(flags, 'DELETE', `${PATH}/${encodeURIComponent(scene.id)}`)
  if (flags.json) process.stdout.write(`${JSON.stringify(scene)}\n`)
  else process.stdout.write(`"${neutralizeText(scene.name)}" is forgotten.\n`)
}

async function readScenes(flags: ScenesFlags): Promise<readonly Scene[]> {
  return parseAnswer(z.array(Scene), await callApi(flags, 'GET', PATH))
}
