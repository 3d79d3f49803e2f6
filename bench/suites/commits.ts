import { join } from 'node:path'
import { RowInserter } from '../../src/activity/insert-rows.ts'
import { activityMigrations } from '../../src/storage/activity-migrations.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openActivityDatabase } from '../../src/storage/open.ts'
import { median, percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { withFolder } from '../support/bench-log.ts'
import { rowOf } from '../support/sample.ts'

const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048] as const

/** How long one commit of so many rows holds up the event loop, at `synchronous=FULL`. */
export async function measureCommits({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  say('commit time over the size of a group')
  const commits = isShort ? 10 : 150
  return await withFolder(async (folder) => {
    const half: [number, number][] = []
    const most: [number, number][] = []
    const file = join(folder, 'activity.db')
    const { db, raw } = openActivityDatabase(file)
    await migrate(db, file, activityMigrations)
    const inserter = new RowInserter()
    let seq = 0
    for (const size of SIZES) {
      const timesMs: number[] = []
      // The first one compiles the statement.
      for (let commit = 0; commit <= commits; commit += 1) {
        const rows = Array.from({ length: size }, () => {
          seq += 1
          return rowOf(seq)
        })
        const startedMs = performance.now()
        await inserter.insert(db, rows)
        timesMs.push(performance.now() - startedMs)
        if (commit % 20 === 0) raw.pragma('wal_checkpoint(TRUNCATE)')
      }
      half.push([size, round3(median(timesMs.slice(1)))])
      most.push([size, round3(percentile(timesMs.slice(1), 0.99))])
    }
    raw.close()
    return {
      rows: [],
      curves: [
        {
          id: 'commit-over-group',
          title: 'One commit over the rows in it, synchronous=FULL, entries of 50 entities',
          x: { title: 'rows in the group', isLog: true },
          y: { title: 'ms', isLog: true },
          series: [
            { name: 'half of the commits', points: half },
            { name: '99 of 100', points: most },
          ],
        },
      ],
    }
  })
}
