import { toVideoScheme } from './video-location.ts'

/** Stands for a secret that is not told. */
const MASK = '***'

/**
 * An address as it is given out: a password, a user without one and the values of the query are `***`, for they may
 * be keys. What has none of them stays as it is.
 */
export function toMaskedLocation(location: string): string {
  const address = toAddress(location)
  if (address === undefined || address.username + address.password + address.search === '') return location
  if (address.password !== '') address.password = MASK
  else if (address.username !== '') address.username = MASK
  if (address.search !== '') address.search = toMaskedQuery(address.search)
  return address.href
}

/** Whether an address has a mask where a secret should be. */
export function isMaskedLocation(location: string): boolean {
  const address = toAddress(location)
  if (address === undefined) return false
  const values = toQueryParts(address.search).map((part) => part.slice(part.indexOf('=') + 1))
  return [address.username, address.password, ...values].includes(MASK)
}

function toAddress(location: string): URL | undefined {
  return toVideoScheme(location) !== undefined && URL.canParse(location) ? new URL(location) : undefined
}

/** A part without a name is masked as a whole: it may be the key itself. */
function toMaskedQuery(search: string): string {
  return toQueryParts(search)
    .map((part) => (part === '' ? '' : part.slice(0, part.indexOf('=') + 1) + MASK))
    .join('&')
}

function toQueryParts(search: string): readonly string[] {
  return search.slice(1).split('&')
}
