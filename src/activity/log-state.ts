import type { Kysely } from 'kysely'
import { LedGrabError } from '../errors.ts'
import type { ActivityDatabase } from '../storage/row-types.ts'

/** Which log this is, and where it stands. */
export interface LogState {
  readonly logId: string
  readonly salt: number
  readonly anchorSeq: number
  /** The newest `seq` ever given; equals `anchorSeq` when the log is empty. */
  readonly headSeq: number
  readonly headHash: Buffer
}

/** Reads it within a transaction of the caller's, so that its parts belong together. */
export async function readLogState(trx: Kysely<ActivityDatabase>): Promise<LogState> {
  const meta = await trx.selectFrom('log_meta').selectAll().executeTakeFirst()
  if (meta === undefined) {
    throw new LedGrabError(
      'LG_STORAGE_CORRUPT',
      'activity.db does not say which log it is: a row of it is gone',
    )
  }
  const newest = await trx
    .selectFrom('activity_log')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  // A plain rowid starts again at 1 once everything was deleted; the anchor remembers.
  const head =
    newest && newest.seq >= meta.anchor_seq ? newest : { seq: meta.anchor_seq, hash: meta.anchor_hash }
  return {
    logId: meta.log_id,
    salt: meta.salt,
    anchorSeq: meta.anchor_seq,
    headSeq: head.seq,
    headHash: head.hash,
  }
}
