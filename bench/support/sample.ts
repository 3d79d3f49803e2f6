import type { ActivityDetails } from '../../src/protocol/activity.ts'
import type { ActivityRow } from '../../src/storage/row-types.ts'

/** A record of the usual size: about 350 bytes as JSON. */
export const SAMPLE: ActivityDetails = {
  message: 'The target "TV lights" was changed: brightness from 1 to 0.5.',
  entity: { type: 'target', id: 'tgt_0123456789ab', name: 'TV lights' },
  metadata: { changes: { brightness: { from: 1, to: 0.5 } } },
}

const HASH = Buffer.alloc(32, 7)
const NAMES = ['TV', 'Desk', 'Bar left', 'Bar right', 'Stage', 'Window', 'Kitchen', 'Shelf']

/**
 * Row number `seq` of a log as a small venue has it: 50 targets, one entry in ten by a person, one in a hundred
 * a warning, one in a thousand an error or a refused login. The oldest has the word `needle`.
 */
export function rowOf(seq: number): ActivityRow {
  const name = NAMES[seq % NAMES.length] ?? ''
  return {
    seq,
    ts: 1_700_000_000_000 + seq * 1_000,
    category: seq % 1_000 === 1 ? 'auth' : seq % 3 === 0 ? 'entity' : 'device',
    action: 'entity_updated',
    severity: seq % 1_000 === 0 ? 'error' : seq % 100 === 0 ? 'warning' : 'info',
    actor: seq % 10 === 0 ? 'carol' : 'system',
    message: `The target "${name}" was changed: brightness from 1 to ${(seq % 100) / 100}${seq === 1 ? ' needle' : ''}.`,
    entity_type: 'target',
    entity_id: `tgt_${(seq % 50).toString(16).padStart(12, '0')}`,
    entity_name: name,
    metadata: `{"changes":{"brightness":{"from":1,"to":${(seq % 100) / 100}}}}`,
    hash: HASH,
  }
}
