/** `npm run faults`: see `--help`. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { ProgressBar } from '../src/cli/progress-bar.ts'
import { runScenario, type ScenarioResult } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import { Random } from './support/random.ts'

const about = SCENARIOS.map(({ name, about, cycles }) => `  ${name.padEnd(8)} ${about} (${cycles.usual})`)

const program = new Command('npm run faults --')
  .description(
    'Does to LedGrab what must not hurt it, and counts what became of its records. Ends with 0 when all was survived and nothing was lost or doubled without a word.',
  )
  .addOption(new Option('--only <name...>', 'these scenarios').choices(SCENARIOS.map(({ name }) => name)))
  .option('--cycles <n>', 'how much of each; the default is in brackets', toCount)
  .option('--short', 'as much as the tests do')
  .option('--seed <n>', 'draws the same random numbers again', toCount)
  .option('--json', 'print the results as JSON')
  .addHelpText('after', `\nScenarios:\n${about.join('\n')}`)
  .parse()
const options = program.opts<{
  only?: readonly string[]
  cycles?: number
  short?: boolean
  seed?: number
  json?: boolean
}>()
const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31)

const results: ScenarioResult[] = []
for (const scenario of SCENARIOS) {
  if (options.only && !options.only.includes(scenario.name)) continue
  const cycles = options.cycles ?? (options.short ? scenario.cycles.short : scenario.cycles.usual)
  const bar = new ProgressBar(scenario.name)
  const onProgress = (done: number): void => bar.update(done, cycles)
  const result = await runScenario(scenario, { cycles, seed, random: new Random(seed), onProgress })
  bar.end()
  results.push(result)
  if (!options.json) tell(result)
}
if (options.json) console.log(JSON.stringify({ seed, results }, null, 2))
else {
  console.table(Object.fromEntries(results.map(toTableRow)))
  console.log(`seed ${seed}`)
}
process.exitCode = results.every(({ isGood }) => isGood) ? 0 : 1

function toTableRow({ name, tried, survived, lost, duplicated, seconds, skipped }: ScenarioResult) {
  return [
    name,
    skipped === undefined ? { tried, survived, lost, duplicated, seconds } : { tried: 'skipped' },
  ] as const
}

function tell({ name, isGood, skipped, seconds, notes, problems }: ScenarioResult): void {
  const verdict = isGood ? 'good' : 'BAD'
  console.log(skipped === undefined ? `${name}: ${verdict}, ${seconds} s` : `${name}: skipped, ${skipped}`)
  for (const note of notes) console.log(`  ${note}`)
  for (const problem of problems) console.log(`  PROBLEM ${problem}`)
}

function toCount(text: string): number {
  if (!/^\d{1,9}$/.test(text) || text === '0') throw new InvalidArgumentError('a whole number from 1 on')
  return Number(text)
}
