import { type Command, InvalidArgumentError, Option } from 'commander'
import { ProcessingPatch } from '../protocol/api-targets.ts'
import { toSettingText } from './setting-text.ts'

/** commander makes an empty text of an option that is null. */
interface Given {
  readonly value: unknown
}

/** An option for each setting of the processing: `--smoothing-ms <0-5000>`. */
export function addProcessingOptions(command: Command): Command {
  for (const [name, schema] of Object.entries(ProcessingPatch.shape)) {
    const { values, description, parse } = toSettingText(schema)
    command.addOption(
      new Option(`--${name.replaceAll('_', '-')} <${values}>`, description).argParser((text) => {
        const value = parse(text)
        if (value === undefined) throw new InvalidArgumentError(`It must be ${values}.`)
        return { value } satisfies Given
      }),
    )
  }
  return command
}

/** What of the processing the options of a command change. */
export function toProcessingPatch(flags: Readonly<Record<string, Given | undefined>>): ProcessingPatch {
  return ProcessingPatch.parse(
    Object.fromEntries(
      Object.keys(ProcessingPatch.shape).flatMap((name) => {
        const given = flags[name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())]
        return given === undefined ? [] : [[name, given.value]]
      }),
    ),
  )
}
