import { type Command, InvalidArgumentError, Option } from 'commander'
import { ACTIONS, CATEGORIES, SEVERITIES } from '../../protocol/activity.ts'
import { LogFilters } from '../../protocol/api-log.ts'
import { type ApiFlags, addApiOptions } from '../api-client.ts'
import { parseWhen } from '../when.ts'

/** Where the log is: at a server, or in the files of one. */
export interface SourceFlags extends ApiFlags {
  readonly dataDir?: string
}

/** As commander gives them; each was read by the parsers below. */
export interface FilterFlags {
  readonly since?: number
  readonly until?: number
  readonly category?: LogFilters['categories']
  readonly severity?: LogFilters['severities']
  readonly action?: LogFilters['actions']
  readonly actor?: string
  readonly entity?: EntityChoice
  readonly grep?: string
}

interface EntityChoice {
  readonly type?: string
  readonly id: string
}

export function addSourceOptions(command: Command): Command {
  return addApiOptions(command).addOption(
    new Option('--data-dir <dir>', 'read the files in this folder instead of asking a server').conflicts([
      'url',
      'key',
      'config',
    ]),
  )
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--since <when>', 'from then on: 30m, 2h, 7d, today, yesterday, or ISO 8601', parseInstant)
    .option('--until <when>', 'before then', parseInstant)
    .option('--category <names>', `any of ${CATEGORIES.join(', ')}`, listOf(CATEGORIES))
    .option('--severity <names>', `any of ${SEVERITIES.join(', ')}`, listOf(SEVERITIES))
    .option('--action <names>', 'any of these actions, such as target_stopped', listOf(Object.keys(ACTIONS)))
    .option('--actor <label>', "who did it: a key's label, anonymous, or system", textOf('actor'))
    .option('--entity <id>', 'what it is about: an id, or type/id such as device/dev_1f2e', parseEntity)
    .option('--grep <text>', 'only entries with this text in message, action, name or actor', textOf('q'))
}

/** The filters as the API knows them. */
export function toLogFilters(flags: FilterFlags): LogFilters {
  const { since, until, category, severity, action, actor, entity, grep } = flags
  return {
    ...(category && { categories: category }),
    ...(severity && { severities: severity }),
    ...(action && { actions: action }),
    ...(actor !== undefined && { actor }),
    ...(entity?.type !== undefined && { entity_type: entity.type }),
    ...(entity && { entity_id: entity.id }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(grep !== undefined && { q: grep }),
  }
}

/** A whole number in decimal digits. */
export function integerOf(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

function parseInstant(text: string): number {
  const ms = parseWhen(text, Date.now())
  if (ms !== undefined) return ms
  throw new InvalidArgumentError('It must be like 30m, 2h, 7d, today, 2026-11-21 or 2026-11-21T18:30.')
}

/** Lists repeat or are comma-separated, as in the API. */
function listOf<T extends string>(known: readonly T[]) {
  return (text: string, before: readonly T[] = []): readonly T[] => {
    const names = text.split(',').map((name) => {
      const found = known.find((one) => one === name.trim())
      if (found !== undefined) return found
      throw new InvalidArgumentError(`"${name}" is none of ${known.join(', ')}.`)
    })
    return [...before, ...names]
  }
}

function textOf(field: 'actor' | 'q' | 'entity_type' | 'entity_id') {
  return (text: string): string => {
    if (text === '') throw new InvalidArgumentError('It must not be empty.')
    if (LogFilters.shape[field].safeParse(text).success) return text
    throw new InvalidArgumentError('It is too long.')
  }
}

function parseEntity(text: string): EntityChoice {
  const slash = text.indexOf('/')
  const id = textOf('entity_id')(text.slice(slash + 1))
  return slash < 0 ? { id } : { type: textOf('entity_type')(text.slice(0, slash)), id }
}
