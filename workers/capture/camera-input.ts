import type { SettingsOfSource } from '../../src/protocol/api-sources.ts'
import { type FfmpegInput, LIVE_INPUT } from './ffmpeg-arguments.ts'

/** What ffmpeg is told to read of a camera (Video4Linux). A rate or size it does not have, it replaces by its nearest. */
export function toCameraInput({ device, size, fps }: Omit<SettingsOfSource<'camera'>, 'type'>): FfmpegInput {
  const wanted = size ? ['-video_size', `${size.width}x${size.height}`] : []
  return {
    input: [...LIVE_INPUT, '-f', 'v4l2', '-framerate', String(fps), ...wanted, '-i', device],
    filters: [],
    liveFps: fps,
  }
}
