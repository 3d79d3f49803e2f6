import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toCsvLine } from '../../../src/lib/csv.ts'

const csv = suite('CSV')

csv('separates cells by commas and ends in CRLF (RFC 4180 §2.1, §2.4)', () => {
  assert.is(toCsvLine(['a', 'b c', '']), 'a,b c,\r\n')
  assert.is(toCsvLine(['']), '\r\n')
})

csv('quotes cells with a comma, a quote or a line break, and doubles quotes (RFC 4180 §2.6, §2.7)', () => {
  assert.is(toCsvLine(['a,b', 'say "x"', 'a\r\nb', 'a\nb']), '"a,b","say ""x""","a\r\nb","a\nb"\r\n')
})

csv('puts an apostrophe before what a spreadsheet would compute', () => {
  for (const start of ['=', '+', '-', '@', '\t']) assert.is(toCsvLine([`${start}x`]), `'${start}x\r\n`)
  assert.is(toCsvLine(['\rx']), `"'\rx"\r\n`)
  assert.is(toCsvLine(['=HYPERLINK("http://x","y")']), `"'=HYPERLINK(""http://x"",""y"")"\r\n`)
  assert.is(toCsvLine(['a=b', ' =1', '{"a":-1}', '5-3']), `a=b, =1,"{""a"":-1}",5-3\r\n`)
})

csv.run()
