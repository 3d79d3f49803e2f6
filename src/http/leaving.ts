import type { FastifyReply } from 'fastify'
import { LedGrabError } from '../errors.ts'

/** Aborted when the client leaves before it has its answer: nobody waits for the work any more. */
export function leavingSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) {
      controller.abort(new LedGrabError('LG_THREAD_STOPPED', 'the client has left'))
    }
  })
  return controller.signal
}
