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
  const limit = `fps=if(lt(source_fps\\,${fps})\\,source_fps\\,${fps})`
  return { input: [...whitelist, ...repeat, '-i', place], filters: [limit], isTimed: true }
}
