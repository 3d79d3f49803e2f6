import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HostGuard } from '../../../src/http/host-guard.ts'

const hostGuard = suite('host guard')

function setup(machineName = 'studio.lan') {
  const guard = new HostGuard({
    allowedHosts: ['Lights.Example'],
    allowedOrigins: ['https://Wall.example'],
    machineName,
  })
  return (host: string | undefined, origin?: string): string | undefined =>
    guard.findProblem({
      headers: { ...(host !== undefined && { host }), ...(origin !== undefined && { origin }) },
    })?.code
}

hostGuard('knows its own names: IP literals, localhost, the machine bare, whole and with .local', () => {
  const check = setup()
  for (const host of [
    '127.0.0.1',
    '192.168.1.20:8080',
    '[::1]:8080',
    '[fe80::1]',
    'localhost',
    'LOCALHOST:8080',
    'localhost.',
    'studio',
    'studio.local:8080',
    'Studio.LAN',
    'lights.example:80',
  ]) {
    assert.is(check(host), undefined, host)
  }
})

hostGuard('refuses other names, and what is no host at all', () => {
  const check = setup()
  for (const host of [
    undefined,
    '',
    '.',
    'evil.com',
    'evil.com:8080',
    'studio.evil.com',
    'studio.local.evil.com',
    'localhost.evil.com',
    '127.0.0.1.evil.com',
    '127.1',
    '2130706433',
    '::1',
    'localhost:80:80',
    'localhost:abc',
    'localhost/path',
    'user@localhost',
    'local host',
    'localhost\r\nX: y',
    '[127.0.0.1',
  ]) {
    assert.is(check(host), 'LG_AUTH_HOST_REJECTED', String(host))
  }
})

hostGuard('takes no empty machine name for a name', () => {
  const check = setup('')
  assert.is(check('.'), 'LG_AUTH_HOST_REJECTED')
  assert.is(check('localhost'), undefined)
})

hostGuard('lets a page of its own call, under whatever own name it was opened', () => {
  const check = setup()
  assert.is(check('localhost:8080', 'http://localhost:8080'), undefined)
  assert.is(check('STUDIO.local:8080', 'http://studio.local:8080'), undefined)
  assert.is(check('[::1]:8080', 'https://[::1]:8080'), undefined)
  assert.is(check('localhost:8080', 'https://wall.example'), undefined)
})

hostGuard('refuses pages of other sites, ports and sandboxes', () => {
  const check = setup()
  for (const origin of [
    'http://evil.com',
    'http://localhost',
    'http://localhost:8081',
    'http://127.0.0.1:8080',
    'null',
    '',
    'http://localhost:8080.evil.com',
    'https://wall.example.evil.com',
  ]) {
    assert.is(check('localhost:8080', origin), 'LG_AUTH_ORIGIN_REJECTED', origin)
  }
})

hostGuard('says which name it was, bounded and without controls', () => {
  const guard = new HostGuard({ allowedHosts: [], allowedOrigins: [] })
  const problem = guard.findProblem({ headers: { host: `evil\u001b[31m${'x'.repeat(10_000)}` } })
  assert.ok((problem?.message.length ?? 0) < 400)
  assert.not.match(problem?.message ?? '', '\u001b')
})

hostGuard.run()
