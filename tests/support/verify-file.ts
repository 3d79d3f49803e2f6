import { verifyLog } from '../../src/activity/verification.ts'
import { verifyPage } from '../../workers/log-verify.task.ts'

/** Walks the chain of a log that nobody has open, as `ledgrab log verify --data-dir` does. */
export async function verifyFile(file: string): Promise<{ readonly ok: boolean; readonly checked: number }> {
  const { fault, checked } = await verifyLog({ readPage: (request) => verifyPage({ file, ...request }) })
  return { ok: fault === null, checked }
}
