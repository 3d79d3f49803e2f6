import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findCaution, findDisplay, toGrabArguments } from '../../../../workers/capture/screen-grab.ts'

const grab = suite('screen grab')

grab('asks ffmpeg for the whole display, scaled, with one output thread', () => {
  const args = toGrabArguments({ display: ':0.0', fps: 30, size: { width: 128, height: 72 } })
  const after = (option: string): string | undefined => args[args.indexOf(option) + 1]
  assert.is(after('-i'), ':0.0')
  assert.is(after('-framerate'), '30')
  assert.is(after('-vf'), 'scale=128:72:flags=fast_bilinear')
  assert.is(after('-pix_fmt'), 'rgb24')
  // An output option: it stands after the input.
  assert.ok(args.indexOf('-threads') > args.indexOf('-i'))
  assert.is(after('-threads'), '1')
  assert.not.ok(args.includes('-video_size'))
  assert.is(args.at(-1), 'pipe:1')
})

grab('takes a display as one argument, whatever is in it', () => {
  const display = ':0; rm -rf / $(id) -vf x'
  const args = toGrabArguments({ display, fps: 30, size: { width: 2, height: 2 } })
  assert.is(args.filter((argument) => argument.includes('rm -rf')).length, 1)
  assert.is(args[args.indexOf('-i') + 1], display)
})

grab('prefers the display of the settings to that of the environment', () => {
  assert.equal(findDisplay(':1', { DISPLAY: ':0' }), { display: ':1' })
  assert.equal(findDisplay(null, { DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0' }), { display: ':0' })
})

grab('says what is missing', () => {
  const missing = (env: NodeJS.ProcessEnv): string => {
    const found = findDisplay(null, env)
    return 'missing' in found ? found.missing : ''
  }
  assert.match(missing({ DISPLAY: '' }), 'DISPLAY is not set')
  assert.match(missing({ WAYLAND_DISPLAY: 'wayland-0' }), 'Wayland session without an X11 display')
})

grab('warns on Wayland that only X11 windows are seen, unless a display was chosen', () => {
  const env = { DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0' }
  assert.match(findCaution(null, env) ?? '', 'only windows of X11 programs are seen')
  assert.is(findCaution(':0', env), null)
  assert.is(findCaution(null, { DISPLAY: ':0' }), null)
})

grab.run()
