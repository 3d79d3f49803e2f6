import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { entryId, seqOfEntryId } from '../../../src/activity/entry-id.ts'

const ids = suite('entry id')

const uint32 = (): fc.Arbitrary<number> => fc.integer({ min: 0, max: 0xffff_ffff })

ids('leads back to its seq, whatever the salt', () => {
  fc.assert(fc.property(uint32(), uint32(), (seq, salt) => seqOfEntryId(entryId(seq, salt), salt) === seq))
  for (const edge of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])
    for (const salt of [0, 1, 0x8000_0000, 0xffff_ffff])
      assert.is(seqOfEntryId(entryId(edge, salt), salt), edge)
})

ids('belongs to some seq, whatever its digits', () => {
  fc.assert(
    fc.property(uint32(), uint32(), (digits, salt) => {
      const id = `al_${digits.toString(16).padStart(8, '0')}`
      return entryId(seqOfEntryId(id, salt) ?? -1, salt) === id
    }),
  )
})

ids('is al_ and 8 lower-case hex digits', () => {
  fc.assert(fc.property(uint32(), uint32(), (seq, salt) => /^al_[0-9a-f]{8}$/.test(entryId(seq, salt))))
})

ids('does not repeat within 200,000 entries', () => {
  const seen = new Set<string>()
  for (let seq = 1; seq <= 200_000; seq += 1) seen.add(entryId(seq, 0x1234_5678))
  assert.is(seen.size, 200_000)
})

ids('stays what it was: it is computed, so a change would rename every entry', () => {
  // MurmurHash3's finaliser: fmix32(1) and fmix32(0xdeadbeef), as its reference implementation gives them.
  assert.is(entryId(1, 0), 'al_514e28b7')
  assert.is(entryId(0xdead_beef, 0), 'al_0de5c6a9')
  assert.is(entryId(3, 2), 'al_514e28b7', 'the salt is mixed in by exclusive or')
})

ids('differs between databases', () => {
  assert.is.not(entryId(1, 1), entryId(1, 2))
})

ids('is told from anything else', () => {
  for (const other of [
    '',
    'al_',
    'al_1234567',
    'al_123456789',
    'AL_12345678',
    'al_1234567G',
    'al_12345678\n',
    '12345678',
  ])
    assert.is(seqOfEntryId(other, 0), undefined, JSON.stringify(other))
})

ids.run()
