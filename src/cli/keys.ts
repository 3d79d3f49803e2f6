import { type Command, InvalidArgumentError, Option } from 'commander'
import { openActivityLog } from '../activity/activity-log.ts'
import { createKey } from '../activity/keys.ts'
import { loadRetentionSettings } from '../activity/retention-settings.ts'
import { LedGrabError } from '../errors.ts'
import { KeyCreate, NewKey } from '../protocol/api-keys.ts'
import { ROLES, type Role } from '../protocol/server-events.ts'
import { dataDirFiles, lockDataDir } from '../storage/data-dir.ts'
import { openLedgrabStore } from '../storage/ledgrab-store.ts'
import { type ApiFlags, addApiOptions, callApi } from './api-client.ts'

interface CreateFlags extends ApiFlags {
  readonly role: Role
  readonly dataDir?: string
  readonly json?: boolean
}

export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('manage API keys')
  const create = keys
    .command('create')
    .description('make an API key and show it, once')
    .argument('<label>', 'what the activity log calls whoever uses the key', parseLabel)
    .addOption(
      new Option('--role <role>', 'viewer reads, operator also starts, stops and changes, admin everything')
        .choices(ROLES)
        .makeOptionMandatory(),
    )
    .option('--data-dir <dir>', 'work on the files of a stopped server')
    .option('--json', 'print the result as JSON')
  addApiOptions(create).action(createCommand)
}

function parseLabel(text: string): string {
  const parsed = KeyCreate.shape.label.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message}.`)
}

async function createCommand(label: string, flags: CreateFlags): Promise<void> {
  const input = { label, role: flags.role }
  const created =
    flags.dataDir === undefined
      ? await createOnServer(flags, input)
      : await createInFiles(flags.dataDir, input)
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(created)}\n`)
    return
  }
  process.stdout.write(`${created.key}\n`)
  process.stderr.write(`This is the key "${created.label}" (${created.role}). It is not shown again.\n`)
}

async function createOnServer(flags: ApiFlags, input: KeyCreate): Promise<NewKey> {
  const answer = NewKey.safeParse(await callApi(flags, 'POST', '/api/v1/keys', input))
  if (answer.success) return answer.data
  throw new LedGrabError('LG_CLI_FAILED', 'what answers there is not a LedGrab server; check --url')
}

/** The server is stopped: its lock is ours meanwhile, and the entry says that it was this command. */
async function createInFiles(dataDir: string, input: KeyCreate): Promise<NewKey> {
  const files = dataDirFiles(dataDir)
  const lock = lockDataDir(dataDir)
  try {
    const store = await openLedgrabStore(files.ledgrab)
    try {
      const { enabled } = await loadRetentionSettings(store.settings)
      const { recorder, database } = await openActivityLog(files.activity, {
        enabled,
        publish: () => {},
        warn: (message) => process.stderr.write(`ledgrab: ${message}\n`),
      })
      try {
        return await createKey(store.keys, recorder, input, { via: 'cli' })
      } finally {
        const lost = recorder.flushSync()
        if (lost > 0) process.stderr.write('ledgrab: the key could not be noted in the activity log\n')
        database.raw.close()
      }
    } finally {
      store.close()
    }
  } finally {
    lock.release()
  }
}
