import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ActivityLog } from '../src/activity/activity-log.ts'
import type { ActivityDraft } from '../src/protocol/activity-draft.ts'
import { openActivityDatabase } from '../src/storage/open.ts'
import { insertBatches, insertOneByOne } from './peers/bare-insert.ts'
import { type BenchRow, median, round3 } from './row.ts'

const RECORDS = 20_000
const ROUNDS = 5
const BATCH_ROWS = 128
/** Half the queue's bound: nothing is dropped. */
const OFFERED_AT_ONCE = 5_000
const ONE_BY_ONE_RECORDS = 2_000

const details = {
  message: 'The target "TV" was changed: processing.',
  entity: { type: 'target', id: 'tgt_0123456789ab', name: 'TV' },
  metadata: { changes: { processing: { from: { brightness: 1 }, to: { brightness: 0.5 } } } },
}

/**
 * Commits a second, `synchronous=FULL` all round: the recorder with its chain, its serialisation and
 * a publisher; a bare better-sqlite3 insert of the same rows in the same groups (the floor); and one
 * insert per record (the obvious way).
 */
export async function measureRecorder(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ledgrab-bench-'))
  try {
    const ours: number[] = []
    const floor: number[] = []
    const oneByOne: number[] = []
    const callsUs: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await runRecorder(join(folder, `ours-${round}.db`), callsUs))
      floor.push(
        runPeer(join(folder, `floor-${round}.db`), RECORDS, (raw, rows) =>
          insertBatches(raw, rows, BATCH_ROWS),
        ),
      )
      oneByOne.push(runPeer(join(folder, `one-${round}.db`), ONE_BY_ONE_RECORDS, insertOneByOne))
    }
    const rate = median(ours)
    return [
      toRow('records committed', rate, median(floor), 'bare batch insert of the same rows'),
      toRow('records committed', rate, median(oneByOne), 'one insert per record'),
      toCallRow(callsUs),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runRecorder(file: string, callsUs: number[]): Promise<number> {
  let published = 0
  const { recorder, file: logFile } = await ActivityLog.open(file, {
    enabled: true,
    replaceDamaged: false,
    publish: (entries) => {
      published += entries.length
    },
    warn: (message) => console.error(message),
  })
  const startedMs = performance.now()
  for (let i = 0; i < RECORDS; i += 1) {
    const calledMs = performance.now()
    recorder.record('entity', 'entity_updated', details)
    callsUs.push((performance.now() - calledMs) * 1_000)
    if (i % OFFERED_AT_ONCE === OFFERED_AT_ONCE - 1) await recorder.flush()
  }
  await recorder.flush()
  const seconds = (performance.now() - startedMs) / 1_000
  const { stored, dropped } = recorder.counts()
  if (stored !== RECORDS || published !== RECORDS)
    throw new Error(`stored ${stored}, dropped ${JSON.stringify(dropped)}`)
  logFile.raw.close()
  return RECORDS / seconds
}

function runPeer(
  file: string,
  count: number,
  insert: (raw: ReturnType<typeof openActivityDatabase>['raw'], drafts: readonly ActivityDraft[]) => void,
): number {
  const { raw } = openActivityDatabase(file)
  const draft: ActivityDraft = {
    tsMs: Date.now(),
    category: 'entity',
    action: 'entity_updated',
    severity: 'info',
    actor: 'system',
    message: details.message,
    entityType: details.entity.type,
    entityId: details.entity.id,
    entityName: details.entity.name,
    metadata: JSON.stringify(details.metadata),
  }
  const drafts = Array.from({ length: count }, () => draft)
  const startedMs = performance.now()
  insert(raw, drafts)
  const seconds = (performance.now() - startedMs) / 1_000
  raw.close()
  return count / seconds
}

function toRow(what: string, ours: number, peer: number, peerName: string): BenchRow {
  return {
    what: `${what} / ${peerName}`,
    unit: '1/s',
    ours: Math.round(ours),
    peer: Math.round(peer),
    peerName,
    ratio: round3(ours / peer),
  }
}

/** What a caller waits for, beside the least that any log of the same record would do. */
function toCallRow(callsUs: readonly number[]): BenchRow {
  const stringifyUs: number[] = []
  for (let i = 0; i < callsUs.length; i += 1) {
    const calledMs = performance.now()
    JSON.stringify(details)
    stringifyUs.push((performance.now() - calledMs) * 1_000)
  }
  const ours = median(callsUs)
  const peer = median(stringifyUs)
  return {
    what: 'record(), median of the calls',
    unit: 'µs',
    ours: round3(ours),
    peer: round3(peer),
    peerName: 'JSON.stringify of the record',
    ratio: round3(peer / ours),
  }
}
