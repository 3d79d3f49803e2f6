import { Command, CommanderError } from 'commander'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { addFilterOptions, integerOf, toLogFilters } from '../../../src/cli/log/options.ts'
import { parseHead } from '../../../src/cli/log/verify.ts'
import type { LogFilters } from '../../../src/protocol/api-log.ts'

const options = suite('options of ledgrab log')

/** The filters that words on the command line stand for. @throws CommanderError */
function read(...words: readonly string[]): LogFilters {
  const command = addFilterOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  command.parse(words, { from: 'user' })
  return toLogFilters(command.opts())
}

options('are the filters of the API', () => {
  assert.equal(read(), {})
  assert.equal(read('--category', 'auth, device', '--category', 'system', '--severity', 'error'), {
    categories: ['auth', 'device', 'system'],
    severities: ['error'],
  })
  assert.equal(read('--action', 'target_stopped,target_started', '--actor', ' carol', '--grep', '100%'), {
    actions: ['target_stopped', 'target_started'],
    actor: ' carol',
    q: '100%',
  })
  assert.equal(read('--since', '2026-11-21T18:30Z', '--until', '2026-11-22T00:00Z'), {
    since: Date.UTC(2026, 10, 21, 18, 30),
    until: Date.UTC(2026, 10, 22),
  })
  assert.equal(read('--entity', 'dev_1'), { entity_id: 'dev_1' })
  assert.equal(read('--entity', 'device/a/b'), { entity_type: 'device', entity_id: 'a/b' })
})

options('refuse what the API would, and name themselves', () => {
  const bad: readonly (readonly [option: string, values: readonly string[]])[] = [
    ['--since', ['', 'never', '2026-02-30', '-2h']],
    ['--until', ['soon', '25:00']],
    ['--category', ['', 'light', 'auth,', 'Auth']],
    ['--severity', ['loud', 'info,loud']],
    ['--action', ['exploded', 'toString', '__proto__']],
    ['--actor', ['', 'x'.repeat(201)]],
    ['--entity', ['', '/', 'device/', '/dev_1', `${'x'.repeat(65)}/1`, 'x'.repeat(201)]],
    ['--grep', ['', 'x'.repeat(201)]],
  ]
  for (const [option, values] of bad) {
    for (const value of values) {
      const isNamed = (cause: unknown): boolean =>
        cause instanceof CommanderError && cause.message.includes(`'${option} `)
      assert.throws(() => read(`${option}=${value}`), isNamed, `${option}=${value}`)
    }
  }
})

options('take whole numbers in decimal digits, within their bounds', () => {
  const parse = integerOf(1, 3_650)
  assert.equal(['1', '0090', '3650'].map(parse), [1, 90, 3_650])
  for (const text of ['', '0', '3651', '-1', '1.0', '1e3', '0x10', ' 1', '٣', '9'.repeat(30)]) {
    assert.throws(() => parse(text), /from 1 to 3650/, text)
  }
})

options('take a head as verify prints it', () => {
  const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
  assert.equal(parseHead(`4711:${hash}`), { seq: 4_711, hash })
  assert.equal(parseHead(`0:${hash.toUpperCase()}`), { seq: 0, hash })
  for (const text of [
    '',
    '4711',
    `:${hash}`,
    `-1:${hash}`,
    `4711:${hash}0`,
    `4711:${hash.slice(1)}`,
    `1e3:${hash}`,
  ]) {
    assert.throws(() => parseHead(text), /number, a colon and 64 hex digits/, text)
  }
})

options.run()
