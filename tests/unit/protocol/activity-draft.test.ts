import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ACTIONS, CATEGORIES, SEVERITIES } from '../../../src/protocol/activity.ts'
import {
  MAX_MESSAGE_LENGTH,
  MAX_METADATA_BYTES,
  MAX_NAME_LENGTH,
  parseWorkerDraft,
  toDraft,
  toMalformedDraft,
  toMetadataText,
  type WorkerDraft,
} from '../../../src/protocol/activity-draft.ts'
import { hostileText, isHarmless } from '../../support/hostile-text.ts'

const draft = suite('activity draft')

const CONTEXT = { tsMs: 1_700_000_000_000, actor: 'system' }

const WHOLE: WorkerDraft = {
  tsMs: 1_700_000_000_000,
  category: 'device',
  action: 'device_lost',
  severity: 'warning',
  message: 'Desk is gone.',
  entityType: 'device',
  entityId: 'dev_1',
  entityName: 'Desk',
  metadata: '{"reason":"silence"}',
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** All texts in a value, keys included. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)])
}

function assertValidMetadata(text: string): void {
  assert.ok(byteLength(text) <= MAX_METADATA_BYTES, `${byteLength(text)} bytes`)
  const value: unknown = JSON.parse(text)
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), text)
  assert.is(JSON.stringify(value), text, 'reads and writes back the same, so that the hash can be checked')
  for (const found of textsOf(value)) assert.ok(isHarmless(found), JSON.stringify(found))
}

function assertValidDraft(made: WorkerDraft): void {
  assert.ok(CATEGORIES.includes(made.category))
  assert.ok(SEVERITIES.includes(made.severity))
  assert.not.throws(() => new Date(made.tsMs).toISOString())
  assert.ok(made.message.length <= MAX_MESSAGE_LENGTH)
  for (const name of [made.action, made.entityType, made.entityId, made.entityName]) {
    assert.ok(name === null || (name.length <= MAX_NAME_LENGTH && isHarmless(name)))
  }
  assert.ok(isHarmless(made.message))
  assertValidMetadata(made.metadata)
}

draft('carries what the caller said, with the severity of the catalogue where it said none', () => {
  const entity = { type: 'device', id: 'dev_1', name: 'Desk' }
  const metadata = { reason: 'silence' }
  assert.equal(toDraft('device', 'device_lost', { message: 'Desk is gone.', entity, metadata }, CONTEXT), {
    ...WHOLE,
    actor: 'system',
  })
  const said = toDraft('device', 'device_lost', { message: 'x', severity: 'error', actor: 'alice' }, CONTEXT)
  assert.is(said.severity, 'error')
  assert.is(said.actor, 'alice')
  assert.is(said.entityType, null)
  assert.is(said.metadata, '{}')
})

draft('puts the origin of the request into the metadata', () => {
  const origin = { address: '192.168.1.7' }
  const made = toDraft(
    'auth',
    'auth_failed',
    { message: 'x', metadata: { reason: 'y' } },
    { ...CONTEXT, origin },
  )
  assert.is(made.metadata, '{"reason":"y","request":{"address":"192.168.1.7"}}')
  const bare = toDraft('auth', 'auth_failed', { message: 'x' }, { ...CONTEXT, origin })
  assert.is(bare.metadata, '{"request":{"address":"192.168.1.7"}}')
})

draft('bounds every text and makes it harmless', () => {
  const nasty = `\u001b[31m\u202e${'💡'.repeat(5_000)}\n`
  const made = toDraft(
    'device',
    'device_lost',
    {
      message: nasty,
      actor: nasty,
      entity: { type: nasty, id: nasty, name: nasty },
      metadata: { [nasty]: nasty },
    },
    CONTEXT,
  )
  assertValidDraft(made)
  assert.is(made.message.length, MAX_MESSAGE_LENGTH)
  assert.ok(made.actor.length <= MAX_NAME_LENGTH && isHarmless(made.actor))
})

draft('is refused when the caller got round the types', () => {
  const wrong: readonly (readonly [unknown, unknown, unknown])[] = [
    ['nonsense', 'device_lost', { message: 'x' }],
    ['device', 'nonsense', { message: 'x' }],
    ['device', 'toString', { message: 'x' }],
    ['device', 'device_lost', { message: 7 }],
    ['device', 'device_lost', {}],
    ['device', 'device_lost', { message: 'x', severity: 'fatal' }],
    ['device', 'device_lost', { message: 'x', actor: {} }],
    ['device', 'device_lost', { message: 'x', entity: { type: 'device' } }],
    ['device', 'device_lost', null],
  ]
  for (const [category, action, details] of wrong)
    assert.throws(() =>
      toDraft(category as 'device', action as 'device_lost', details as { message: string }, CONTEXT),
    )
})

draft('of a refused record keeps what can be read of it and says what cannot', () => {
  const made = toMalformedDraft(
    'device',
    'device_lost',
    { message: 7, entity: { type: 'device', id: 'dev_1' } },
    5,
  )
  assert.equal(made, {
    ...WHOLE,
    tsMs: 5,
    message: 'A worker sent a record that could not be read.',
    entityName: null,
    metadata: '{"_malformed":["message"]}',
  })
})

draft('of a refused record never throws and is always valid', () => {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const trap = {
    get message(): string {
      throw new Error('no')
    },
  }
  for (const details of [
    revoked.proxy,
    trap,
    { message: 'x', metadata: trap },
    { message: 'x', entity: trap },
  ])
    assertValidDraft(toMalformedDraft('device', 'device_lost', details, 5))
  fc.assert(
    fc.property(fc.anything(), fc.anything(), fc.anything(), (category, action, details) => {
      assertValidDraft(toMalformedDraft(category, action, details, 5))
    }),
  )
})

draft('from a worker is taken as it is when it is whole', () => {
  assert.equal(parseWorkerDraft(WHOLE, 0), WHOLE)
  const bare = { ...WHOLE, entityType: null, entityId: null, entityName: null, metadata: '{}' }
  assert.equal(parseWorkerDraft(bare, 0), bare)
})

draft('made in a worker passes the main thread unchanged', () => {
  fc.assert(
    fc.property(
      hostileText(),
      hostileText(),
      fc.dictionary(hostileText(), fc.jsonValue()),
      (message, name, metadata) => {
        const { actor: _actor, ...made } = toDraft(
          'device',
          'device_lost',
          {
            message,
            entity: { type: 'device', id: 'dev_1', name },
            metadata: metadata as Record<string, string>,
          },
          CONTEXT,
        )
        assert.equal(parseWorkerDraft(structuredClone(made), 0), made)
      },
    ),
  )
})

draft('from a worker loses only the field that is wrong, and is marked', () => {
  const wrongs = {
    tsMs: ['1', Number.NaN, 1.5, 8.65e15, null],
    category: ['nonsense', 7, undefined],
    severity: ['fatal', null],
    action: [7, undefined, null],
    message: [undefined, 7, {}],
    entityType: [7],
    entityId: [{}],
    entityName: [['x']],
    metadata: [undefined, {}, '', '{', '[]', 'null', '"text"', `{"a":"${'x'.repeat(70_000)}"}`],
  }
  const defaults = {
    tsMs: 42,
    category: 'system',
    severity: 'warning',
    action: 'unknown',
    message: 'A worker sent a record that could not be read.',
    entityType: null,
    entityId: null,
    entityName: null,
  }
  for (const [field, values] of Object.entries(wrongs)) {
    for (const value of values) {
      const made = parseWorkerDraft({ ...WHOLE, [field]: value }, 42)
      const metadata = { ...(field !== 'metadata' && { reason: 'silence' }), _malformed: [field] }
      const expected = field === 'metadata' ? {} : { [field]: defaults[field as keyof typeof defaults] }
      assert.equal(made, { ...WHOLE, ...expected, metadata: JSON.stringify(metadata) }, field)
    }
  }
})

draft('from a worker with an action that no catalogue has keeps its name and is marked', () => {
  const made = parseWorkerDraft({ ...WHOLE, action: 'constructor' }, 0)
  assert.is(made.action, 'constructor')
  assert.is(made.metadata, '{"reason":"silence","_malformed":["action"]}')
})

draft('from a worker never throws and is always valid', () => {
  const odd = [undefined, null, 7, 'text', Symbol('s'), () => {}, [], new Date(), new Map(), new Error('x')]
  for (const raw of odd) assertValidDraft(parseWorkerDraft(raw, 42))
  const fields = [...Object.keys(WHOLE), 'seq', '__proto__', 'toString']
  const record = fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.anything(), hostileText()))
  fc.assert(
    fc.property(fc.oneof(fc.anything(), record), (raw) => assertValidDraft(parseWorkerDraft(raw, 42))),
  )
  fc.assert(
    fc.property(fc.oneof(fc.json(), hostileText()), (metadata) =>
      assertValidDraft(parseWorkerDraft({ ...WHOLE, metadata }, 42)),
    ),
  )
})

draft('holds whatever metadata it is given as a JSON object within its bound', () => {
  const anything = fc.anything({
    key: hostileText(),
    values: [hostileText(), fc.double(), fc.bigInt(), fc.boolean(), fc.constant(undefined), fc.date()],
    withBigInt: true,
    withDate: true,
    withTypedArray: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  })
  fc.assert(
    fc.property(anything, (metadata) => assertValidMetadata(toMetadataText(metadata as object))),
    { numRuns: 300 },
  )
})

draft('keeps metadata within its bound however large the parts, and keeps all that is small', () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 6_000 }).map((length) => 'x'.repeat(length)),
    fc.integer({ min: 0, max: 3_000 }).map((length) => '💡'.repeat(length)),
    fc.integer({ min: 0, max: 3_000 }).map((length) => 'ä"'.repeat(length)),
    fc.array(fc.string(), { maxLength: 2_000 }),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), value, { maxKeys: 8 }), (metadata) => {
      const text = toMetadataText({ ...metadata, worker: 'discovery' })
      assertValidMetadata(text)
      assert.is(JSON.parse(text).worker, 'discovery')
    }),
  )
})

draft('lets the largest values of its metadata go first and says so', () => {
  const metadata = { host: '192.168.1.7', large: 'l'.repeat(5_000), largest: 'x'.repeat(6_000), count: 3 }
  const text = toMetadataText(metadata)
  assert.equal(JSON.parse(text), {
    host: '192.168.1.7',
    large: 'l'.repeat(5_000),
    count: 3,
    _truncated: true,
  })
})

draft('counts bytes of UTF-8, not characters', () => {
  const overhead = byteLength('{"a":""}')
  const fitting = 'ä'.repeat((MAX_METADATA_BYTES - overhead) / 2)
  assert.is(toMetadataText({ a: fitting }), JSON.stringify({ a: fitting }))
  assert.is(toMetadataText({ a: `${fitting}b` }), '{"_truncated":true}')
  const filled = '💡'.repeat((MAX_METADATA_BYTES - overhead) / 4)
  assert.is(byteLength(toMetadataText({ a: filled })), MAX_METADATA_BYTES)
})

draft('says so when metadata is too deep, too long or too many', () => {
  const circular: Record<string, unknown> = { name: 'x' }
  circular.self = circular
  for (const metadata of [circular, { list: Array(5_000).fill(1) }]) {
    const text = toMetadataText(metadata)
    assertValidMetadata(text)
    assert.is(JSON.parse(text)._truncated, true)
  }
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]))
  assertValidMetadata(toMetadataText(wide))
})

draft('names the values of metadata that JSON cannot hold', () => {
  const odd = {
    nan: Number.NaN,
    infinite: Number.NEGATIVE_INFINITY,
    big: 12n,
    call: () => 1,
    symbol: Symbol('s'),
    missing: undefined,
    date: new Date(0),
    noDate: new Date(Number.NaN),
    error: new Error('broken\npipe'),
    bytes: new Uint8Array(3),
    holes: [1, undefined, null],
  }
  assert.equal(JSON.parse(toMetadataText(odd)), {
    nan: 'NaN',
    infinite: '-Infinity',
    big: '12',
    call: '[function]',
    symbol: '[symbol]',
    date: '1970-01-01T00:00:00.000Z',
    noDate: 'invalid date',
    error: 'broken pipe',
    bytes: '[3 bytes]',
    holes: [1, '[undefined]', null],
  })
})

draft('keeps metadata that is no object, and marks it', () => {
  assert.is(toMetadataText([1, 2]), '{"_malformed":["metadata"],"metadata":[1,2]}')
  assert.is(toMetadataText('text' as unknown as object), '{"_malformed":["metadata"],"metadata":"text"}')
  assert.is(toMetadataText(null as unknown as object), '{"_malformed":["metadata"],"metadata":null}')
})

draft('does not let a key of its metadata reach a prototype', () => {
  const text = toMetadataText(JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'))
  assert.is(text, '{"[__proto__]":{"polluted":true},"constructor":1}')
})

draft('exists for every action of the catalogue', () => {
  for (const [action, { category, severity }] of Object.entries(ACTIONS)) {
    const made = toDraft(category, action as 'device_lost', { message: 'x' }, CONTEXT)
    assert.equal([made.category, made.action, made.severity], [category, action, severity])
  }
})

draft.run()
