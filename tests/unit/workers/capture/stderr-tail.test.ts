import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { StderrTail } from '../../../../workers/capture/stderr-tail.ts'

const stderr = suite('stderr tail')

function tailOf(...chunks: readonly string[]): string {
  const tail = new StderrTail()
  for (const chunk of chunks) tail.push(Buffer.from(chunk))
  return tail.toReason()
}

stderr('is empty when nothing was said', () => {
  assert.is(tailOf(), '')
  assert.is(tailOf('\n \r\n'), '')
})

stderr('joins the last three lines and drops addresses that differ each time', () => {
  assert.is(
    tailOf('a\nb\n', '[x11grab @ 0x55d0c0ffee00] Cannot open display :9, error 1.\n', ':9: I/O error\n'),
    'b; [x11grab] Cannot open display :9, error 1.; :9: I/O error',
  )
})

stderr('keeps the end of a flood, at most 300 characters', () => {
  const flood = Array.from({ length: 1_000 }, () => 'x'.repeat(10_000))
  const reason = tailOf(...flood, '\nthe end\n')
  assert.ok(reason.length <= 300)
  assert.is(tailOf('x'.repeat(5_000), '\n\n1\n2\nthe end\n'), '1; 2; the end')
})

stderr('shows no line whose beginning it no longer has, and hides what it is told to before it cuts', () => {
  const tail = new StderrTail()
  tail.push(Buffer.from(`${'x'.repeat(100)} secret\n${'y'.repeat(4_090)}\nthe end\n`))
  assert.is(tail.toReason(), 'the end')
  const long = new StderrTail()
  long.push(Buffer.from(`secret ${'z'.repeat(400)} secret`))
  assert.not.match(
    long.toReason((text) => text.replace(/^secret.*secret$/, 'hidden')),
    /secret|z/,
  )
})

stderr('takes escape sequences out', () => {
  assert.is(tailOf('\u001b[31mred\u001b[0m\u0007 \u202eevil'), 'red\ufffd \ufffdevil')
})

stderr.run()
