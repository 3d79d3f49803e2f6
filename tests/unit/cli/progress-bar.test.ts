import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ProgressBar } from '../../../src/cli/progress-bar.ts'

const bar = suite('progress bar')

const CLEAR = '\r\u001b[K'

/** A bar, what it has drawn, and a clock that is set by hand. */
function setup(isTTY = true) {
  const drawn: string[] = []
  let nowMs = 0
  const progress = new ProgressBar('Checking', { isTTY, write: (text) => drawn.push(text) }, () => nowMs)
  return { progress, drawn, at: (ms: number) => (nowMs = ms) }
}

bar('shows share and count, in a line that goes at the end', () => {
  const { progress, drawn, at } = setup()
  progress.update(0, 200)
  at(100)
  progress.update(50, 200)
  at(200)
  progress.update(200, 200)
  progress.end()
  assert.equal(drawn, [
    `${CLEAR}Checking ${'░'.repeat(24)} 0 % (0 of 200)`,
    `${CLEAR}Checking ${'█'.repeat(6)}${'░'.repeat(18)} 25 % (50 of 200)`,
    `${CLEAR}Checking ${'█'.repeat(24)} 100 % (200 of 200)`,
    CLEAR,
  ])
})

bar('counts where nobody knows the total, and does not go beyond it', () => {
  const { progress, drawn, at } = setup()
  progress.update(7, undefined)
  at(100)
  progress.update(3, 2)
  assert.equal(drawn, [`${CLEAR}Checking 7`, `${CLEAR}Checking ${'█'.repeat(24)} 100 % (3 of 2)`])
})

bar('draws ten times a second at most', () => {
  const { progress, drawn, at } = setup()
  for (let ms = 0; ms < 1_000; ms += 1) {
    at(ms)
    progress.update(ms, 1_000)
  }
  assert.is(drawn.length, 10)
})

bar('is nothing on what is no terminal, nor where there was nothing to draw', () => {
  const piped = setup(false)
  piped.progress.update(1, 2)
  piped.progress.end()
  const unused = setup()
  unused.progress.end()
  assert.equal([piped.drawn, unused.drawn], [[], []])
})

bar.run()
