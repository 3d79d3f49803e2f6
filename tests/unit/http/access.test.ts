import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Access, AuthError, bearerToken } from '../../../src/http/access.ts'
import { hasRole, ROLES } from '../../../src/protocol/server-events.ts'
import { openLedgrabStore } from '../../../src/storage/ledgrab-store.ts'
import { tempDir } from '../../support/temp-dir.ts'

const access = suite('access')

async function setup() {
  const { keys, close } = await openLedgrabStore(join(tempDir(), 'ledgrab.db'))
  const gate = new Access(keys)
  const identify = (token?: string, remoteAddress = '127.0.0.1', headers: object = {}): unknown => {
    try {
      return gate.identify(token, { headers, socket: { remoteAddress } } as unknown as IncomingMessage)
    } catch (cause) {
      return cause instanceof AuthError ? cause.problem : cause
    }
  }
  return { keys, gate, identify, close }
}

const ANONYMOUS = { actor: 'anonymous', role: 'admin' }

access('without keys takes whoever sits at this machine for an anonymous admin', async () => {
  const { identify, close } = await setup()
  for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1']) {
    assert.equal(identify(undefined, address), ANONYMOUS, address)
  }
  for (const address of [
    '192.168.1.2',
    '::ffff:192.168.1.2',
    '10.127.0.1',
    '',
    'fe80::1',
    '::ffff:10.0.0.127',
  ]) {
    assert.is(identify(undefined, address), 'not from this machine', address)
  }
  close()
})

access('does not take a proxy on this machine for whoever is behind it', async () => {
  const { identify, close } = await setup()
  for (const headers of [{ forwarded: '' }, { 'x-forwarded-for': '127.0.0.1' }]) {
    assert.is(identify(undefined, '127.0.0.1', headers), 'not from this machine')
  }
  close()
})

access('with keys knows people by their key alone', async () => {
  const { keys, gate, identify, close } = await setup()
  assert.not.ok(gate.isKeyRequired)
  const { key, text } = await keys.create('Olga', 'operator', 1)
  assert.ok(gate.isKeyRequired)
  const olga = { actor: 'Olga', role: 'operator', keyId: key.id }
  assert.equal(identify(text), olga)
  assert.equal(identify(text, '8.8.8.8', { forwarded: 'x' }), olga)
  assert.is(identify(undefined), 'no key given')
  for (const wrong of ['', 'x', text.slice(0, -1), `${text} `, text.toUpperCase()]) {
    assert.is(identify(wrong), 'unknown key')
  }
  close()
})

access('tells a revoked key from one that never was', async () => {
  const { keys, identify, close } = await setup()
  const admin = await keys.create('Ada', 'admin', 1)
  const { key, text } = await keys.create('Olga', 'operator', 2)
  await keys.revoke(key.id, 3)
  assert.is(identify(text), 'revoked key')
  assert.is(identify(`${text}x`), 'unknown key')
  assert.equal(identify(admin.text), { actor: 'Ada', role: 'admin', keyId: admin.key.id })
  close()
})

access('reads a bearer token, and takes a header it cannot read for a wrong one (RFC 6750 §2.1)', () => {
  assert.is(bearerToken(undefined), undefined)
  assert.is(bearerToken('Bearer abc'), 'abc')
  assert.is(bearerToken('bearer   abc '), 'abc')
  for (const header of ['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'abc']) {
    assert.is(bearerToken(header), '', header)
  }
})

access('ranks the roles', () => {
  const allowed = ROLES.map((role) => ROLES.filter((needed) => hasRole(role, needed)).length)
  assert.equal(allowed, [1, 2, 3])
})

access.run()
