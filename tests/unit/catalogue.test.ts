import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ACTIONS, CATEGORIES } from '../../src/protocol/activity.ts'

const catalogue = suite('catalogue of actions')

const root = new URL('../../', import.meta.url)

/** The text of every file that may record something. */
function readCode(): string {
  return ['src', 'workers']
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('protocol/activity.ts'))
        .map((file) => readFileSync(new URL(`${folder}/${file}`, root), 'utf8')),
    )
    .join('\n')
}

const code = readCode()
const page = readFileSync(new URL('docs/activity-log.md', root), 'utf8')

catalogue('has a call site for every action', () => {
  const unused = Object.keys(ACTIONS).filter((action) => !code.includes(`'${action}'`))
  assert.equal(unused, [])
})

catalogue('is what the page shows: each action with its category, severity and meaning', () => {
  for (const [action, { category, severity, meaning }] of Object.entries(ACTIONS)) {
    const row = `| \`${action}\` | ${severity} | ${meaning} |`
    const section = page.split(`### ${category}`)[1]?.split('\n### ')[0] ?? ''
    assert.ok(section.includes(row), `docs/activity-log.md lacks: ### ${category} … ${row}`)
  }
})

catalogue('knows every action the page shows', () => {
  const shown = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, action]) => action)
  assert.equal(
    shown.filter((action) => !Object.hasOwn(ACTIONS, action ?? '')),
    [],
  )
  assert.is(shown.length, Object.keys(ACTIONS).length)
})

catalogue('uses its categories', () => {
  const used = new Set(Object.values(ACTIONS).map(({ category }) => category))
  assert.equal(
    [...CATEGORIES].filter((category) => !used.has(category)),
    [],
  )
})

catalogue.run()
