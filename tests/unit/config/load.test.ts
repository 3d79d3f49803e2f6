import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConfigSources, loadConfig } from '../../../src/config/load.ts'
import type { Config } from '../../../src/config/schema.ts'
import { LedGrabError } from '../../../src/errors.ts'
import { tempDir } from '../../support/temp-dir.ts'

const config = suite('configuration')

function load({ yaml, env = {}, flags = {} }: { yaml?: string } & Partial<ConfigSources>): Config {
  const file = join(tempDir(), 'ledgrab.yaml')
  if (yaml !== undefined) writeFileSync(file, yaml)
  return loadConfig({ env, flags, file: yaml === undefined ? undefined : file })
}

/** The problems of a configuration, one per line, with the file's folder cut off. */
function problemsOf(sources: Parameters<typeof load>[0]): readonly string[] {
  try {
    load(sources)
  } catch (cause) {
    if (!(cause instanceof LedGrabError)) throw cause
    assert.is(cause.code, 'LG_CONFIG_INVALID')
    const [first, ...problems] = cause.message.split('\n')
    assert.is(first, 'the configuration is invalid:')
    return problems.map((line) => line.trim().replace(/\/\S*\/ledgrab\.yaml/, 'ledgrab.yaml'))
  }
  throw new Error('the configuration is valid')
}

config('has defaults for everything', () => {
  assert.equal(load({}), {
    server: { host: '127.0.0.1', port: 8_080, allowed_hosts: [], allowed_origins: [] },
    data_dir: null,
    log: { level: 'info' },
    discovery: { enabled: true, interface: null },
  })
  assert.equal(load({ yaml: '' }), load({}), 'an empty file is no file')
  assert.equal(load({ yaml: 'server:\n  # port: 1\ndiscovery:\n' }), load({}), 'nor are empty sections')
})

config('takes flags before the environment before the file before the defaults', () => {
  const yaml = 'server: {host: 10.0.0.1, port: 1001}\nlog: {level: warn}\ndiscovery: {enabled: false}\n'
  const env = { LEDGRAB_SERVER__PORT: '1002', LEDGRAB_LOG__LEVEL: 'error' }
  const flags = { 'log.level': 'debug', 'server.host': undefined }
  const { server, log, discovery, data_dir } = load({ yaml, env, flags })
  assert.equal(
    [server.host, server.port, log.level, discovery.enabled, data_dir],
    ['10.0.0.1', 1_002, 'debug', false, null],
  )
})

config('reads every kind of setting from the environment', () => {
  const { server, discovery, data_dir } = load({
    env: {
      LEDGRAB_SERVER__ALLOWED_HOSTS: 'a.example, b.example',
      LEDGRAB_SERVER__ALLOWED_ORIGINS: '',
      LEDGRAB_DATA_DIR: '/srv/ledgrab',
      LEDGRAB_DISCOVERY__ENABLED: 'false',
      LEDGRAB_DISCOVERY__INTERFACE: 'eth0',
      LEDGRAB_URL: 'http://elsewhere',
      LEDGRAB_KEY: 'belongs to the client commands',
      PATH: '/bin',
    },
  })
  assert.equal(server.allowed_hosts, ['a.example', 'b.example'])
  assert.equal(server.allowed_origins, [])
  assert.equal([data_dir, discovery], ['/srv/ledgrab', { enabled: false, interface: 'eth0' }])
})

config('names all problems at once, each with its path and where it comes from', () => {
  const problems = problemsOf({
    yaml: [
      'server:',
      '  port: eighty',
      '  hots: 0.0.0.0',
      '  allowed_hosts: [ok.example, "not a host"]',
      'log: {level: loud}',
      'colour: red',
    ].join('\n'),
    env: { LEDGRAB_DISCOVERY__ENABLED: 'yes', LEDGRAB_SERVER_PORT: '1', LEDGRAB_CONSTRUCTOR: 'x' },
    flags: { data_dir: '' },
  })
  const shown = problems.map((line) => line.replace(/: .* \(from/, ' (from')).sort()
  assert.equal(shown, [
    'colour (from ledgrab.yaml)',
    'constructor (from LEDGRAB_CONSTRUCTOR)',
    'data_dir (from --data-dir)',
    'discovery.enabled (from LEDGRAB_DISCOVERY__ENABLED)',
    'log.level (from ledgrab.yaml)',
    'server.allowed_hosts.1 (from ledgrab.yaml)',
    'server.hots (from ledgrab.yaml)',
    'server.port (from ledgrab.yaml)',
    'server_port (from LEDGRAB_SERVER_PORT)',
  ])
})

config('blames the layer that is wrong, not one that it overrides or hides', () => {
  const from = (line: string | undefined): string | undefined => /\(from (.*)\)$/.exec(line ?? '')?.[1]
  const overridden = problemsOf({ yaml: 'server: {port: 1}', env: { LEDGRAB_SERVER__PORT: '0x50' } })
  assert.equal(overridden.map(from), ['LEDGRAB_SERVER__PORT'])
  const hidden = problemsOf({ yaml: 'server: 8080', env: { LEDGRAB_SERVER__PORT: '1' } })
  assert.equal(hidden.map(from), ['ledgrab.yaml'], 'a section that is a number')
  const item = problemsOf({ env: { LEDGRAB_SERVER__ALLOWED_HOSTS: 'ok,no t' } })
  assert.equal(item.map(from), ['LEDGRAB_SERVER__ALLOWED_HOSTS'])
  assert.equal(problemsOf({ flags: { 'log.level': 'x' } }).map(from), ['--log-level'])
})

config('refuses numbers that only look like one', () => {
  for (const text of ['', '0x50', '1e3', '-1', '65536', '80.5', ' 80', 'eighty', '99999999999']) {
    assert.is(problemsOf({ env: { LEDGRAB_SERVER__PORT: text } }).length, 1, text)
  }
  assert.is(load({ env: { LEDGRAB_SERVER__PORT: '0' } }).server.port, 0)
})

config('tells YAML that cannot be read from YAML that says the wrong thing', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['server: [', 'ledgrab.yaml: '],
    ['a: 1\na: 2', 'ledgrab.yaml: Map keys must be unique'],
    ['- a list', 'ledgrab.yaml: must be a mapping of settings'],
    ['just text', 'ledgrab.yaml: must be a mapping of settings'],
    [
      'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]',
      'ledgrab.yaml: Excessive alias count',
    ],
  ]
  for (const [yaml, start] of cases) {
    const [problem = ''] = problemsOf({ yaml })
    assert.ok(problem.startsWith(start), problem)
  }
})

config('says which file cannot be read', () => {
  try {
    loadConfig({ file: '/nowhere/ledgrab.yaml', env: {}, flags: {} })
    assert.unreachable()
  } catch (cause) {
    assert.is((cause as LedGrabError).code, 'LG_CONFIG_UNREADABLE')
    assert.match((cause as LedGrabError).message, '/nowhere/ledgrab.yaml')
  }
})

config.run()
