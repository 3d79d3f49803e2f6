import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Processing } from '../../../src/protocol/api-targets.ts'
import { PROCESSING_DEFAULTS } from '../../../src/web/targets/processing-defaults.ts'

const defaults = suite('processing defaults')

defaults('are what the server gives a new light', () => {
  assert.equal(PROCESSING_DEFAULTS, Processing.parse({}))
})

defaults.run()
