/** Addresses a video may be read from, besides files. */
export const VIDEO_SCHEMES = ['http', 'https', 'rtsp', 'rtmp'] as const
export type VideoScheme = (typeof VIDEO_SCHEMES)[number]

/** An absolute path, or an address of one of `VIDEO_SCHEMES` with a host; nothing a program reads as an option. */
export function isVideoLocation(location: string): boolean {
  if (/[\u0000-\u001f\u007f]/.test(location)) return false
  if (/^(\/|[A-Za-z]:[\\/])/.test(location)) return true
  return toVideoScheme(location) !== undefined && URL.canParse(location) && new URL(location).hostname !== ''
}

/** Sent as it happens: it cannot be read faster, and should never end. */
export function isLiveLocation(location: string): boolean {
  const scheme = toVideoScheme(location)
  return scheme === 'rtsp' || scheme === 'rtmp'
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

/** So much of an address is enough to know it by: ffmpeg cuts what it says after 1,023 bytes. */
const KNOWN_BY = 256

/**
 * What a program says about a video, with no user, password or query of any address in it: neither of `location`,
 * whole or cut off, nor of those it leads to. Before the text itself is cut: half an address is not recognised.
 */
export function hideSecrets(text: string, location: string): string {
  const scheme = toVideoScheme(location)
  const known = scheme === undefined ? text : hideKnown(text, location)
  return known.replace(
    /([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#'"]*@)?([^\s?#'"]*)(?:[?#][^\s'"]*)?/gi,
    (_all, start: string, place: string) => start + place,
  )
}

function hideKnown(text: string, location: string): string {
  const shown = toShownLocation(location)
  const start = location.slice(0, location.indexOf('//') + 2)
  const [first = '', ...others] = text.split(start)
  return others.reduce((said, rest) => {
    const shared = start.length + countShared(rest, location.slice(start.length))
    const isKnown = shared === location.length || shared >= KNOWN_BY
    return said + (isKnown ? shown + rest.slice(shared - start.length) : start + rest)
  }, first)
}

function countShared(a: string, b: string): number {
  let count = 0
  while (count < a.length && count < b.length && a[count] === b[count]) count += 1
  return count
}
