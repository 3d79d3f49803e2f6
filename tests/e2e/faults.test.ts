// deadline: 180 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runScenario, type Scenario } from '../../faults/scenario.ts'
import { SCENARIOS } from '../../faults/scenarios.ts'
import { Random } from '../../faults/support/random.ts'
import { testWith } from '../support/needs.ts'

const faults = suite('the fault harness, in short')

/** What this machine must have for the scenario. */
const NEEDS: Readonly<Record<string, readonly string[]>> = { disk: ['root', 'mount', 'mkfs.ext4'] }

async function runShort(scenario: Scenario): Promise<void> {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const result = await runScenario(scenario, {
    cycles: scenario.cycles.short,
    seed,
    random: new Random(seed),
    onProgress: () => {},
  })
  const { name, tried, survived, seconds, problems } = result
  console.log(`${name}: ${survived} of ${tried} survived, ${seconds} s, seed ${seed}`)
  for (const note of result.notes) console.log(`  ${note}`)
  assert.is(result.skipped, undefined)
  assert.equal(problems, [], `with --seed ${seed}`)
  assert.equal([result.isGood, result.lost, result.duplicated], [true, 0, 0])
  assert.ok(tried >= scenario.cycles.short)
}

for (const scenario of SCENARIOS) {
  testWith(faults, NEEDS[scenario.name] ?? [], `${scenario.name}: ${scenario.about}`, () =>
    runShort(scenario),
  )
}

faults.run()
