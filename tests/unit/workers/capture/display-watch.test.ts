import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSocketPath } from '../../../../workers/capture/display-watch.ts'

const watch = suite('display watch')

watch('finds the socket of a local display (X(7), Display names)', () => {
  assert.is(toSocketPath(':0'), '/tmp/.X11-unix/X0')
  assert.is(toSocketPath(':10.1'), '/tmp/.X11-unix/X10')
  assert.is(toSocketPath('unix:2'), '/tmp/.X11-unix/X2')
})

watch('watches nothing that is elsewhere', () => {
  for (const display of ['host:0', 'localhost:10.0', ':0/../../etc', ':', '', ':123456']) {
    assert.is(toSocketPath(display), null, display)
  }
})

watch.run()
