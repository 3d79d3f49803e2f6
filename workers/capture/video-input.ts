import type { SettingsOfSource } from '../../src/protocol/api-sources.ts'
import { isLiveLocation, toVideoScheme, type VideoScheme } from '../../src/protocol/video-location.ts'
import { type FfmpegInput, LIVE_INPUT } from './ffmpeg-arguments.ts'

/** What ffmpeg may open on its way, for each kind of address: a playlist cannot lead anywhere else. */
const PROTOCOLS: Readonly<Record<VideoScheme | 'file', string>> = {
  file: 'file',
  http: 'http,https,tcp,tls,crypto',
  https: 'https,tcp,tls,crypto',
  rtsp: 'rtsp,rtp,udp,tcp,tls,srtp',
  rtmp: 'rtmp,tcp',
}

/** In µs: should the server be killed, ffmpeg does not wait for a silent peer for ever. */
const PATIENCE = ['-rw_timeout', '30000000']

/** What ffmpeg is told to read of a file or an address, at the speed it is meant to be seen at. */
export function toVideoInput({ location, loop, fps }: Omit<SettingsOfSource<'video'>, 'type'>): FfmpegInput {
  const scheme = toVideoScheme(location)
  const whitelist = ['-protocol_whitelist', PROTOCOLS[scheme ?? 'file']]
  // A stream comes as fast as it is made, and never begins anew.
  if (isLiveLocation(location)) {
    return { input: [...whitelist, ...LIVE_INPUT, '-i', location], filters: [], liveFps: fps }
  }
  // `file:` keeps a path from being read as an address, whatever it is called.
  const place = scheme === undefined ? `file:${location}` : location
  const repeat = loop ? ['-stream_loop', '-1'] : []
  // The frames of a film with fewer stay at their own times: on the beat of a higher rate they would be early or late.
  // Slides are repeated every second: who hears nothing takes the source for gone.
  const limit = `fps=if(lt(source_fps\\,${fps})\\,max(1\\,source_fps)\\,${fps})`
  const patience = scheme === undefined ? [] : PATIENCE
  return { input: [...whitelist, ...patience, ...repeat, '-i', place], filters: [limit], isTimed: true }
}
