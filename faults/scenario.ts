import type { Random } from './support/random.ts'
import { Tally } from './tally.ts'

/** A kind of fault, and what must hold through it. */
export interface Scenario {
  readonly name: string
  /** For `--help`: what is done, and what must hold. */
  readonly about: string
  /** How much of it: cycles, clients or cases, as `about` says. */
  readonly cycles: { readonly usual: number; readonly short: number }
  /** Why it cannot run here; undefined where it can. */
  readonly obstacle?: () => string | undefined
  readonly run: (context: ScenarioContext) => Promise<void>
}

export interface ScenarioContext {
  readonly cycles: number
  readonly seed: number
  readonly random: Random
  readonly tally: Tally
  /** Tells whoever waits how many cycles are done. */
  readonly onProgress: (done: number) => void
}

/** The row of the table. */
export interface ScenarioResult {
  readonly name: string
  readonly seed: number
  readonly tried: number
  readonly survived: number
  readonly lost: number
  readonly duplicated: number
  readonly seconds: number
  readonly isGood: boolean
  readonly notes: readonly string[]
  readonly problems: readonly string[]
  /** Why it did not run. */
  readonly skipped?: string
}

/** Runs a scenario to its end. What it throws is a problem it found. */
export async function runScenario(
  scenario: Scenario,
  context: Omit<ScenarioContext, 'tally'>,
): Promise<ScenarioResult> {
  const { name } = scenario
  const tally = new Tally()
  const startedMs = performance.now()
  const skipped = scenario.obstacle?.()
  if (skipped === undefined) {
    try {
      await scenario.run({ ...context, tally })
    } catch (cause) {
      tally.fail(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))
    }
  }
  const { tried, survived, lost, duplicated, notes, problems, isGood } = tally
  return {
    name,
    seed: context.seed,
    tried,
    survived,
    lost,
    duplicated,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    isGood: skipped !== undefined || isGood,
    notes,
    problems,
    ...(skipped !== undefined && { skipped }),
  }
}
