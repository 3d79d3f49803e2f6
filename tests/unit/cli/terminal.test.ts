import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countEntries, paint, wantsColour } from '../../../src/cli/terminal.ts'

const terminal = suite('terminal')

const TERMINAL = { isTTY: true }
const PIPE = {}

terminal('is coloured, a pipe is not', () => {
  assert.is(wantsColour(TERMINAL, { TERM: 'xterm-256color' }), true)
  assert.is(wantsColour(TERMINAL, {}), true)
  assert.is(wantsColour(PIPE, { TERM: 'xterm-256color' }), false)
})

terminal('is not coloured where somebody asks for none, or it cannot be (no-color.org)', () => {
  assert.is(wantsColour(TERMINAL, { NO_COLOR: '1' }), false)
  assert.is(wantsColour(TERMINAL, { NO_COLOR: '' }), true, 'empty counts as not set')
  assert.is(wantsColour(TERMINAL, { TERM: 'dumb' }), false)
})

terminal('is overruled by FORCE_COLOR, either way', () => {
  for (const force of ['', '1', 'true', '3'])
    assert.is(wantsColour(PIPE, { FORCE_COLOR: force, NO_COLOR: '1' }), true)
  for (const force of ['0', 'false']) assert.is(wantsColour(TERMINAL, { FORCE_COLOR: force }), false)
})

terminal('is back to normal after a painted text (ECMA-48 §8.3.117)', () => {
  assert.is(paint('text', 'red'), '\u001b[31mtext\u001b[0m')
})

terminal('hears of one entry and of many', () => {
  assert.equal([0, 1, 2].map(countEntries), ['0 entries', '1 entry', '2 entries'])
})

terminal.run()
