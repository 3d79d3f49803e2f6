import { request } from 'node:http'
import type { TargetPlan } from '../../src/protocol/worker-messages.ts'

const RELEASE_DEADLINE_MS = 500

/** How a release ended, for the server log. */
export type ReleaseOutcome = 'released' | 'unanswered' | 'not-needed'

/**
 * Tells a controller that speaks WLED's JSON to leave realtime mode now rather than after its timeout
 * (2.5 s). Best effort, at most 500 ms, never throws.
 *
 * `{"live":true}` is never sent: it stays for ever (WLED #4299).
 */
export function releaseDevice(device: TargetPlan['device']): Promise<ReleaseOutcome> {
  if (device.http_port === null) return Promise.resolve('not-needed')
  const body = JSON.stringify({ live: false })
  return new Promise((resolve) => {
    const sent = request({
      host: device.address,
      port: device.http_port,
      path: '/json/state',
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    })
    const finish = (outcome: ReleaseOutcome): void => {
      clearTimeout(timer)
      sent.destroy()
      resolve(outcome)
    }
    const timer = setTimeout(() => finish('unanswered'), RELEASE_DEADLINE_MS)
    // The status says it all; the body, of whatever length, is not read.
    sent.once('response', ({ statusCode }) => finish(statusCode === 200 ? 'released' : 'unanswered'))
    sent.on('error', () => finish('unanswered'))
    sent.end(body)
  })
}
