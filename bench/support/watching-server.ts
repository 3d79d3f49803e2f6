import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RealtimeHub } from '../../src/realtime/hub.ts'
import { type BenchLog, openBenchLog } from './bench-log.ts'

/** A log that is watched over real sockets. */
export interface WatchingServer extends BenchLog {
  /** `ws://127.0.0.1:PORT`. */
  readonly url: string
}

export async function startWatchingServer(
  file: string,
  onCommitTimed?: (rows: number, tookMs: number) => void,
): Promise<WatchingServer> {
  const bench = await openBenchLog(file, {
    publish: (entries) => hub.publishEntries(entries),
    ...(onCommitTimed && { onCommitTimed }),
  })
  const { logId, headSeq } = bench.log.state
  const hub = new RealtimeHub({
    logId,
    headSeq,
    authenticate: () => ({ actor: 'anonymous', role: 'viewer' }),
    readAfter: (afterSeq, filters, limit) => bench.pool.readAfter({ file, afterSeq, filters, limit }),
    onPreviews: () => {},
    warn: (message, fields) => console.error(message, fields),
  })
  await hub.start()
  const server = createServer()
  server.on('upgrade', (request, socket, head) => hub.handleUpgrade(request, socket, head, undefined))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...bench,
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await hub.stop()
      server.close()
      await bench.close()
    },
  }
}
