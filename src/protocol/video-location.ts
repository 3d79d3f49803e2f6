/** Addresses a video may be read from, besides files. */
export const VIDEO_SCHEMES = ['http', 'https', 'rtsp', 'rtmp'] as const
export type VideoScheme = (typeof VIDEO_SCHEMES)[number]

/** An absolute path, or an address of one of `VIDEO_SCHEMES` with a host; nothing a program reads as an option. */
export function isVideoLocation(location: string): boolean {
  if (/[\u0000-\u001f\u007f]/.test(location)) return false
  if (/^(\/|[A-Za-z]:[\\/])/.test(location)) return true
  return toVideoScheme(location) !== undefined && URL.canParse(location) && new URL(location).hostname !== ''
}

/** Undefined for a file. */
export function toVideoScheme(location: string): VideoScheme | undefined {
  return VIDEO_SCHEMES.find((scheme) => location.toLowerCase().startsWith(`${scheme}://`))
}

/** For people and entries: an address without the user, the password and the query, which may be secrets. */
export function toShownLocation(location: string): string {
  if (toVideoScheme(location) === undefined || !URL.canParse(location)) return location
  const { protocol, host, pathname } = new URL(location)
  return `${protocol}//${host}${pathname}`
}
