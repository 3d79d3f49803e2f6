import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { addDevicesCommand } from '../../src/cli/devices.ts'
import { addKeysCommand } from '../../src/cli/keys.ts'
import { addLogCommand } from '../../src/cli/log.ts'
import { addScenesCommand } from '../../src/cli/scenes.ts'
import { addServeCommand } from '../../src/cli/serve.ts'
import { addTargetsCommand } from '../../src/cli/targets.ts'
import { SETTING_KINDS } from '../../src/config/schema.ts'

const docs = suite('README')

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

function createProgram(): Command {
  const program = new Command('ledgrab')
  addServeCommand(program)
  addKeysCommand(program)
  addDevicesCommand(program)
  addTargetsCommand(program)
  addScenesCommand(program)
  addLogCommand(program)
  return program
}

/** All options of a command and of its subcommands, `--help` aside. */
function flagsOf(command: Command): readonly string[] {
  const own = command.options.flatMap(({ long }) => (long ? [long] : []))
  return [...own, ...command.commands.flatMap((inner) => flagsOf(inner))]
}

docs('names every option of the command line, and none that does not exist', () => {
  const flags = new Set(flagsOf(createProgram()))
  for (const flag of flags)
    assert.match(readme, new RegExp(`${flag}(?![a-z-])`), `${flag} is not in the README`)
  const inProse = [...readme.matchAll(/`(--[a-z][a-z-]*)[ `]/g)].map((match) => match[1] ?? '')
  for (const flag of inProse) assert.ok(flags.has(flag) || flag === '--help', `${flag} does not exist`)
})

docs('names every setting with its environment variable, and none that does not exist', () => {
  const settings = Object.keys(SETTING_KINDS)
  for (const path of settings) {
    const variable = `LEDGRAB_${path.toUpperCase().replaceAll('.', '__')}`
    assert.match(readme, `| \`${path}\` | \`${variable}\` |`, `${path} is not in the README`)
  }
  const clientVariables = ['LEDGRAB_URL', 'LEDGRAB_KEY']
  for (const [, variable = ''] of readme.matchAll(/`(LEDGRAB_[A-Z_]+)/g)) {
    const path = variable.slice('LEDGRAB_'.length).toLowerCase().replaceAll('__', '.')
    assert.ok(clientVariables.includes(variable) || settings.includes(path), `${variable} does not exist`)
  }
})

docs('names every command', () => {
  for (const command of createProgram().commands) {
    for (const name of [
      command.name(),
      ...command.commands.map((inner) => `${command.name()} ${inner.name()}`),
    ]) {
      assert.match(readme, new RegExp(`ledgrab(\\.js)? ${name}`), `${name} is not in the README`)
    }
  }
})

docs('and what it leads to name only commands of npm that there are', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  for (const file of ['README.md', 'CONTRIBUTING.md', 'docs/ARCHITECTURE.md', 'docs/PERFORMANCE.md']) {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    for (const [, name = ''] of text.matchAll(/npm run ([a-z]+)/g)) {
      assert.ok(Object.hasOwn(scripts, name), `${file}: npm run ${name}`)
    }
  }
})

docs.run()
