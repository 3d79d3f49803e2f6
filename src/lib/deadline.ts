import { LedGrabError } from '../errors.ts'

/**
 * Settles as `work` does, or rejects after `timeoutMs`. `work` itself goes on: pair it with an
 * `AbortSignal` where it must not.
 *
 * @throws `LG_TIMEOUT`, naming `what`.
 */
export async function withDeadline<T>(work: PromiseLike<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new LedGrabError('LG_TIMEOUT', `${what} took longer than ${timeoutMs} ms`))
    }, timeoutMs)
  })
  try {
    return await Promise.race([work, expiry])
  } finally {
    clearTimeout(timer)
  }
}
