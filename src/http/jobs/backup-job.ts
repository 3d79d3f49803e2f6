import { AsyncResource } from 'node:async_hooks'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { toTarBytes } from '../../lib/tar.ts'
import type { Services } from '../services.ts'

/**
 * Hands out a tar of both databases: unpacked into an empty folder it is a data directory. Recorded when it
 * has left or was broken off.
 */
export async function sendBackup({ backup, recorder }: Services, reply: FastifyReply): Promise<void> {
  const entries = await backup.make()
  const bytes = toTarBytes(entries)
  // Bound: the end of a response may come in the context of another request on its socket.
  const finish = AsyncResource.bind((isWhole: boolean) => {
    void backup.release()
    recorder.record('system', 'backup_downloaded', {
      message: isWhole
        ? `A backup of all data was downloaded (${bytes} bytes).`
        : 'The download of a backup was broken off.',
      severity: isWhole ? 'info' : 'warning',
      metadata: { bytes, completed: isWhole },
    })
  })
  reply.raw.once('close', () => finish(reply.raw.writableFinished))
  const day = new Date().toISOString().slice(0, 10)
  void reply
    .header('content-disposition', `attachment; filename="ledgrab-backup-${day}.tar"`)
    .header('content-length', bytes)
    .type('application/x-tar')
    .send(Readable.from(backup.chunks(entries), { objectMode: false }))
}
