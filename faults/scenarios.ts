import type { Scenario } from './scenario.ts'
import { clock } from './scenarios/clock.ts'
import { kill } from './scenarios/kill.ts'
import { workers } from './scenarios/workers.ts'

/** In the order they run. */
export const SCENARIOS: readonly Scenario[] = [kill, workers, clock]
