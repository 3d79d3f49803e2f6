import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toCameraInput } from '../../../../workers/capture/camera-input.ts'
import { toFfmpegArguments } from '../../../../workers/capture/ffmpeg-arguments.ts'
import {
  type FfmpegBackend,
  findCaution,
  findDisplay,
  toFfmpegBackend,
  toScreenInput,
} from '../../../../workers/capture/screen-grab.ts'
import { toVideoInput } from '../../../../workers/capture/video-input.ts'

const args = suite('arguments for ffmpeg')

const SIZE = { width: 128, height: 72 }
const REGION = { left: 100, top: 50, width: 640, height: 360 }
const SCALE = 'scale=128:72:flags=neighbor+full_chroma_int'
const AT_MOST_30 = 'fps=if(lt(source_fps\\,30)\\,max(1\\,source_fps)\\,30)'

/** What stands between the quiet options and the output, in one line. */
function toLine(input: Parameters<typeof toFfmpegArguments>[0]): string {
  const all = toFfmpegArguments(input, SIZE)
  assert.equal(all.slice(0, 4), ['-hide_banner', '-nostdin', '-loglevel', 'error'])
  const output = '-pix_fmt rgb24 -threads 1 -flush_packets 1 -f rawvideo pipe:1'
  assert.is(all.slice(-9).join(' '), output)
  return all.slice(4, -9).join(' ')
}

function grab(backend: FfmpegBackend, display: string, region: typeof REGION | null = null): string {
  return toLine(toScreenInput(backend, display, { fps: 30, region }))
}

args('grab a whole X11 display, or a part of it', () => {
  assert.is(grab('x11grab', ':0.0'), `-f x11grab -framerate 30 -draw_mouse 0 -i :0.0 -map 0:v:0 -vf ${SCALE}`)
  assert.is(
    grab('x11grab', ':0', REGION),
    `-f x11grab -framerate 30 -draw_mouse 0 -video_size 640x360 -i :0+100,50 -map 0:v:0 -vf ${SCALE}`,
  )
})

args('grab a screen below the display server, by kmsgrab', () => {
  assert.is(
    grab('kmsgrab', '1', REGION),
    `-device /dev/dri/card1 -f kmsgrab -framerate 30 -i - -map 0:v:0 -vf hwdownload,format=bgr0,crop=640:360:100:50,${SCALE}`,
  )
})

args('grab a screen of Windows, by ddagrab or gdigrab', () => {
  assert.is(
    grab('ddagrab', '1', REGION),
    '-f lavfi -i ddagrab=output_idx=1:framerate=30:draw_mouse=0:offset_x=100:offset_y=50:video_size=640x360 ' +
      `-map 0:v:0 -vf hwdownload,format=bgra,${SCALE}`,
  )
  assert.is(
    grab('gdigrab', '0', REGION),
    '-f gdigrab -framerate 30 -draw_mouse 0 -offset_x 100 -offset_y 50 -video_size 640x360 -i desktop ' +
      `-map 0:v:0 -vf ${SCALE}`,
  )
  assert.is(grab('gdigrab', '0'), `-f gdigrab -framerate 30 -draw_mouse 0 -i desktop -map 0:v:0 -vf ${SCALE}`)
})

args('grab a screen of macOS, by avfoundation', () => {
  const all = toFfmpegArguments(toScreenInput('avfoundation', '1', { fps: 30, region: null }), SIZE)
  assert.is(all[all.indexOf('-i') + 1], 'Capture screen 1:none')
  assert.is(
    grab('avfoundation', '0', REGION),
    `-f avfoundation -framerate 30 -capture_cursor 0 -i Capture screen 0:none -map 0:v:0 -vf crop=640:360:100:50,${SCALE}`,
  )
})

args('read a camera at the rate and size that is asked for', () => {
  const camera = { device: '/dev/video2', fps: 25 }
  assert.is(
    toLine(toCameraInput({ ...camera, size: { width: 640, height: 480 } })),
    `-thread_type slice -f v4l2 -framerate 25 -video_size 640x480 -i /dev/video2 -map 0:v:0 -vf ${SCALE} -r 25`,
  )
  assert.is(
    toLine(toCameraInput({ ...camera, size: null })),
    `-thread_type slice -f v4l2 -framerate 25 -i /dev/video2 -map 0:v:0 -vf ${SCALE} -r 25`,
  )
})

args('read a file at its own speed, again and again if asked', () => {
  assert.is(
    toLine(toVideoInput({ location: '/srv/film.mkv', loop: true, fps: 30 })),
    `-protocol_whitelist file -stream_loop -1 -i file:/srv/film.mkv -map 0:v:0 -vf ${AT_MOST_30},${SCALE},realtime`,
  )
  assert.is(
    toLine(toVideoInput({ location: 'C:\\film.mkv', loop: false, fps: 30 })),
    `-protocol_whitelist file -i file:C:\\film.mkv -map 0:v:0 -vf ${AT_MOST_30},${SCALE},realtime`,
  )
})

args('read an address, with what that needs and no more; a stream as fast as it comes', () => {
  assert.is(
    toLine(toVideoInput({ location: 'https://example.org/a.mp4', loop: false, fps: 30 })),
    `-protocol_whitelist https,tcp,tls,crypto -rw_timeout 30000000 -i https://example.org/a.mp4 -map 0:v:0 -vf ${AT_MOST_30},${SCALE},realtime`,
  )
  assert.is(
    toLine(toVideoInput({ location: 'rtsp://camera/live', loop: true, fps: 30 })),
    `-protocol_whitelist rtsp,rtp,udp,tcp,tls,srtp -thread_type slice -i rtsp://camera/live -map 0:v:0 -vf ${SCALE} -r 30`,
  )
})

args('hold whatever is in a name in one argument that is no option', () => {
  const names = fc.string({ minLength: 1, unit: 'grapheme' })
  fc.assert(
    fc.property(names, (name) => {
      const all = toFfmpegArguments(toVideoInput({ location: `/${name}`, loop: true, fps: 30 }), SIZE)
      assert.is(all[all.indexOf('-i') + 1], `file:/${name}`)
      assert.is(all.length, 23)
      const display = toFfmpegArguments(toScreenInput('x11grab', name, { fps: 30, region: null }), SIZE)
      assert.is(display[display.indexOf('-i') + 1], name)
    }),
  )
})

args('are for what the system has', () => {
  assert.equal(
    (['linux', 'freebsd', 'win32', 'darwin'] as const).map((platform) => toFfmpegBackend('auto', platform)),
    ['x11grab', 'x11grab', 'gdigrab', 'avfoundation'],
  )
  assert.is(toFfmpegBackend('kmsgrab', 'linux'), 'kmsgrab')
})

args('name the display of the settings rather than that of the environment', () => {
  assert.equal(findDisplay('x11grab', ':1', { DISPLAY: ':0' }), { display: ':1' })
  assert.equal(findDisplay('x11grab', null, { DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0' }), {
    display: ':0',
  })
  assert.equal(findDisplay('gdigrab', null, {}), { display: '0' })
})

args('are not made without a display; what is missing is said', () => {
  const missing = (backend: FfmpegBackend, wanted: string | null, env: NodeJS.ProcessEnv = {}): string => {
    const found = findDisplay(backend, wanted, env)
    return 'missing' in found ? found.missing : ''
  }
  assert.match(missing('x11grab', null, { DISPLAY: '' }), 'DISPLAY is not set')
  assert.match(
    missing('x11grab', null, { WAYLAND_DISPLAY: 'wayland-0' }),
    'Wayland session without an X11 display',
  )
  assert.match(missing('x11grab', '1'), 'x11grab takes an X11 display')
  assert.match(missing('gdigrab', '1'), 'choose a region instead of a display')
  assert.match(missing('kmsgrab', ':0'), 'kmsgrab takes the number of a screen')
})

args('come with a warning on Wayland, where only X11 windows are seen, unless a display was chosen', () => {
  const env = { DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0' }
  assert.match(findCaution('x11grab', null, env) ?? '', 'only windows of X11 programs are seen')
  assert.is(findCaution('x11grab', ':0', env), null)
  assert.is(findCaution('x11grab', null, { DISPLAY: ':0' }), null)
  assert.is(findCaution('kmsgrab', null, env), null)
})

args.run()
