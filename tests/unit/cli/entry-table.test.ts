import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EntryTable, type ShownEntry, toLocalTime } from '../../../src/cli/log/entry-table.ts'
import { textWidth } from '../../../src/cli/text-width.ts'
import { hostileText, isHarmless } from '../../support/hostile-text.ts'

const table = suite('entry table')

process.env.TZ = 'Europe/Berlin'

const ENTRY: ShownEntry = {
  id: 'al_00000001',
  ts: '2026-11-21T22:58:09.412Z',
  category: 'capture',
  action: 'target_stopped',
  severity: 'info',
  actor: 'carol',
  message: 'The lights went out.',
  entity_type: null,
  entity_id: null,
  entity_name: null,
  metadata: {},
}

/** The lines of entries in a table of their own, the header first. */
function linesOf(entries: readonly ShownEntry[], columns?: number, isColoured = false): readonly string[] {
  const made = new EntryTable({ isColoured, columns: () => columns })
  made.fit(entries)
  return [made.header(), ...entries.flatMap((entry) => made.format(entry).split('\n'))]
}

table('aligns its columns by cells, also beside wide characters', () => {
  const entries = [
    ENTRY,
    { ...ENTRY, actor: '灯 Öl', severity: 'warning' },
    { ...ENTRY, actor: 'somebody else' },
  ]
  assert.equal(linesOf(entries), [
    'TIME                 SEVERITY  CATEGORY  ACTOR          MESSAGE',
    '2026-11-21 23:58:09  info      capture   carol          The lights went out.',
    '2026-11-21 23:58:09  warning   capture   灯 Öl          The lights went out.',
    '2026-11-21 23:58:09  info      capture   somebody else  The lights went out.',
  ])
})

table('never becomes narrower while it goes on, and no wider than a name may take', () => {
  const made = new EntryTable({ isColoured: false, columns: () => undefined })
  made.fit([{ ...ENTRY, actor: 'a'.repeat(200) }])
  made.fit([ENTRY])
  assert.is(
    made.format(ENTRY),
    `2026-11-21 23:58:09  info      capture   carol${' '.repeat(21)}The lights went out.`,
  )
  assert.match(made.format({ ...ENTRY, actor: 'a'.repeat(200) }), ` ${'a'.repeat(23)}…  The`)
})

table('wraps messages below one another, unless there is hardly any room', () => {
  const long = { ...ENTRY, message: 'The lights of the whole bar went out at once.' }
  assert.equal(linesOf([long], 75).slice(1), [
    '2026-11-21 23:58:09  info      capture   carol  The lights of the whole bar',
    `${' '.repeat(48)}went out at once.`,
  ])
  assert.is(linesOf([long], 60).length, 2)
  assert.is(linesOf([long]).length, 2)
})

table('colours by severity, each line by itself', () => {
  const [header, error, warning, info] = linesOf(
    ['error', 'warning', 'info'].map((severity) => ({ ...ENTRY, severity })),
    undefined,
    true,
  )
  assert.match(header ?? '', /^\u001b\[1mTIME .*MESSAGE\u001b\[0m$/)
  assert.match(error ?? '', /^\u001b\[2m2026.*\u001b\[0m {2}\u001b\[31merror .*\u001b\[0m$/)
  assert.match(warning ?? '', /\u001b\[33mwarning .*\u001b\[0m$/)
  assert.match(info ?? '', /\u001b\[0m {2}info .*out\.$/)
})

table('tells the time on this machine, and what is none as it is', () => {
  assert.is(toLocalTime('2026-07-01T10:00:00.000Z'), '2026-07-01 12:00:00')
  assert.is(toLocalTime('no\u001b[2J time'), 'no time')
})

table('shows whatever a file holds without obeying it, each line within the terminal', () => {
  const text = hostileText()
  // With the columns at their widest and the least room in which messages are wrapped.
  const columns = fc.integer({ min: 123, max: 200 })
  fc.assert(
    fc.property(text, text, text, columns, (actor, message, severity, cells) => {
      for (const line of linesOf([{ ...ENTRY, actor, message, severity, category: severity }], cells)) {
        assert.ok(isHarmless(line))
        assert.ok(textWidth(line.trimEnd()) <= cells, line)
      }
    }),
  )
})

table.run()
