import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toEntryJson } from '../../src/activity/entry.ts'
import type { ActivityRecorder, RecorderOptions } from '../../src/activity/recorder.ts'
import type { ActivityLogRepository } from '../../src/activity/repository.ts'
import { LedGrabError } from '../../src/errors.ts'
import { type HubOptions, RealtimeHub } from '../../src/realtime/hub.ts'
import { openLog } from './activity.ts'

/** A hub behind a real socket, over a real log. */
export interface HubServer {
  readonly url: string
  readonly hub: RealtimeHub
  readonly recorder: ActivityRecorder
  readonly repository: ActivityLogRepository
  /** The targets that somebody watches, each time they changed. */
  readonly previews: (readonly string[])[]
  /** Pages that were read for clients that catch up. */
  readonly reads: number
  /** Records one entry in the name of `actor`. */
  write(actor: string, padding?: string): void
  stop(): Promise<void>
}

/** The token `wrong` is nobody's; any other is its bearer's name. */
export async function startHub(
  options: Partial<HubOptions> & { readonly publish?: RecorderOptions['publish'] } = {},
): Promise<HubServer> {
  const log = await openLog({ publish: options.publish ?? ((entries) => hub.publishEntries(entries)) })
  const { logId, headSeq, salt } = await log.repository.readState()
  const previews: (readonly string[])[] = []
  let reads = 0
  const hub = new RealtimeHub({
    logId,
    headSeq,
    authenticate: (token = 'anonymous') => {
      if (token === 'wrong') throw new LedGrabError('LG_AUTH_REQUIRED', 'this API key is not valid')
      return { actor: token, role: 'viewer' }
    },
    readAfter: async (afterSeq, filters, limit) => {
      reads += 1
      const { rows, ...page } = await log.repository.readAfter(afterSeq, filters, limit)
      return { ...page, entries: rows.map((row) => ({ seq: row.seq, json: toEntryJson(row, salt) })) }
    },
    onPreviews: (targetIds) => previews.push(targetIds),
    warn: (message, fields) => console.error(message, fields),
    ...options,
  })
  await hub.start()
  const server = createServer()
  server.on('upgrade', (request, socket, head) => hub.handleUpgrade(request, socket, head, undefined))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hub,
    recorder: log.recorder,
    repository: log.repository,
    previews,
    get reads() {
      return reads
    },
    write: (actor, padding) =>
      log.recorder.record('system', 'server_started', {
        message: 'Somebody did something.',
        actor,
        ...(padding !== undefined && { metadata: { padding } }),
      }),
    stop: async () => {
      await hub.stop()
      server.close()
      await log.recorder.flush()
      log.raw.close()
    },
  }
}
