import type { Scenario } from './scenario.ts'
import { clients } from './scenarios/clients.ts'
import { clock } from './scenarios/clock.ts'
import { disk } from './scenarios/disk.ts'
import { fuzz } from './scenarios/fuzz.ts'
import { kill } from './scenarios/kill.ts'
import { stop } from './scenarios/stop.ts'
import { wal } from './scenarios/wal.ts'
import { workers } from './scenarios/workers.ts'

/** In the order they run. */
export const SCENARIOS: readonly Scenario[] = [kill, stop, wal, disk, clients, workers, clock, fuzz]
