import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parsePostedState } from '../../../workers/virtual-controller/state-patch.ts'

const posted = suite('posted state')

function patchOf(body: unknown) {
  return parsePostedState(JSON.stringify(body))?.patch
}

posted('reads on, bri and live', () => {
  assert.equal(patchOf({ on: true, bri: 200, live: false }), { power: 'on', brightness: 200, live: false })
  assert.equal(patchOf({ on: false, live: true }), { power: 'off', live: true })
  assert.equal(patchOf({ on: 't' }), { power: 'toggle' })
})

posted('reads the primary colour of the first segment', () => {
  assert.equal(patchOf({ seg: { col: [[1, 2, 3]] } }), { color: [1, 2, 3] })
  assert.equal(patchOf({ seg: [{ id: 0, col: [[1, 2, 3, 4], [5]] }, { col: [[9, 9, 9]] }] }), {
    color: [1, 2, 3],
  })
})

posted('ignores unknown keys and wrong types, as WLED does', () => {
  const wrong = [
    { transition: 7, psave: 1, nonsense: {} },
    { on: 1, bri: '200', live: 'yes' },
    { bri: -1 },
    { bri: 256 },
    { bri: 1.5 },
    { bri: null, on: null },
    { on: 'x' },
    { seg: 'red' },
    { seg: { col: 'FFFFFF' } },
    { seg: [] },
    { seg: { col: [[1, 2]] } },
    { seg: { col: [[1, 2, 300]] } },
  ]
  for (const body of wrong) assert.equal(patchOf(body), {}, JSON.stringify(body))
})

posted('wants the state back only for a true v', () => {
  const answers = [{ v: true }, { v: false }, { v: 1 }, {}].map(
    (body) => parsePostedState(JSON.stringify(body))?.wantsState,
  )
  assert.equal(answers, [true, false, false, false])
})

posted('refuses what is not a JSON object', () => {
  for (const body of ['', '{', 'on', '[]', 'null', '7', '"on"', '{"on":true}}', '\u0000']) {
    assert.is(parsePostedState(body), undefined, body)
  }
})

posted('survives a hostile nesting', () => {
  const deep = `${'{"seg":'.repeat(5_000)}1${'}'.repeat(5_000)}`
  assert.equal(parsePostedState(deep)?.patch, {})
})

posted.run()
