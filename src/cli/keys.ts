import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { createKey, listKeys, revokeKey } from '../activity/keys.ts'
import { LedGrabError } from '../errors.ts'
import { KeyCreate, ListedKey, NewKey } from '../protocol/api-keys.ts'
import { ROLES, type Role } from '../protocol/server-events.ts'
import { neutralizeText } from '../protocol/text.ts'
import { KeyStore } from '../storage/key-store.ts'
import { ledgrabMigrations } from '../storage/ledgrab-migrations.ts'
import { assertMigrated } from '../storage/migrate.ts'
import { openLedgrabReader } from '../storage/open.ts'
import { type ApiFlags, addApiOptions, callApi, notLedGrab } from './api-client.ts'
import { toLocalTime } from './log/entry-table.ts'
import { findDataFile, VIA_CLI, withStoppedServer } from './stopped-server.ts'
import { endWithReader, say } from './terminal.ts'
import { padText, textWidth } from './text-width.ts'

interface KeysFlags extends ApiFlags {
  readonly dataDir?: string
  readonly json?: boolean
}

interface CreateFlags extends KeysFlags {
  readonly role: Role
}

const PATH = '/api/v1/keys'

export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('manage API keys')
  keys.hook('preAction', endWithReader)
  addKeysOptions(
    keys
      .command('create')
      .description('make an API key and show it, once')
      .argument('<label>', 'what the activity log calls whoever uses the key', parseLabel)
      .addOption(
        new Option('--role <role>', 'viewer reads, operator also starts, stops and changes, admin everything')
          .choices(ROLES)
          .makeOptionMandatory(),
      ),
    '$ ledgrab keys create alice --role admin',
  ).action(createCommand)
  addKeysOptions(
    keys.command('list').description('show the valid keys, never their texts'),
    '$ ledgrab keys list --json',
  ).action(listCommand)
  addKeysOptions(
    keys
      .command('revoke')
      .description('end a key for good; whoever uses it is cut off')
      .argument('<key>', 'its label or its id'),
    '$ ledgrab keys revoke alice',
  ).action(revokeCommand)
}

function addKeysOptions(command: Command, example: string): Command {
  const dataDir = new Option('--data-dir <dir>', 'work on the files of a stopped server')
  return addApiOptions(command)
    .addOption(dataDir.conflicts(['url', 'key', 'config']))
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `\nExample:\n  ${example}`)
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
      ? parseAnswer(NewKey, await callApi(flags, 'POST', PATH, input))
      : await withStoppedServer(flags.dataDir, ({ store, recorder }) =>
          createKey(store.keys, recorder, input, VIA_CLI),
        )
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(created)}\n`)
    return
  }
  process.stdout.write(`${created.key}\n`)
  process.stderr.write(`This is the key "${created.label}" (${created.role}). It is not shown again.\n`)
}

async function listCommand(flags: KeysFlags): Promise<void> {
  const keys = await readKeys(flags)
  if (flags.json) process.stdout.write(`${JSON.stringify(keys)}\n`)
  else if (keys.length === 0) say('there are no keys')
  else process.stdout.write(`${toTable(keys)}\n`)
}

async function revokeCommand(wanted: string, flags: KeysFlags): Promise<void> {
  const { dataDir } = flags
  const revoked =
    dataDir === undefined ? await revokeOnServer(wanted, flags) : await revokeInFiles(wanted, dataDir)
  if (flags.json) process.stdout.write(`${JSON.stringify(revoked)}\n`)
  else process.stdout.write(`The key "${neutralizeText(revoked.label)}" (${revoked.role}) was revoked.\n`)
}

async function readKeys(flags: KeysFlags): Promise<readonly ListedKey[]> {
  if (flags.dataDir === undefined) return parseAnswer(z.array(ListedKey), await callApi(flags, 'GET', PATH))
  const file = findDataFile(flags.dataDir, 'ledgrab')
  const { db, raw } = openLedgrabReader(file)
  try {
    await assertMigrated(db, file, ledgrabMigrations)
    const store = new KeyStore(db)
    await store.load()
    return listKeys(store)
  } finally {
    raw.close()
  }
}

async function revokeOnServer(wanted: string, flags: KeysFlags): Promise<ListedKey> {
  const key = findKey(await readKeys(flags), wanted)
  await callApi(flags, 'DELETE', `${PATH}/${encodeURIComponent(key.id)}`)
  return key
}

async function revokeInFiles(wanted: string, dataDir: string): Promise<ListedKey> {
  findDataFile(dataDir, 'ledgrab')
  return await withStoppedServer(dataDir, async ({ store, recorder }) => {
    const { id } = findKey(listKeys(store.keys), wanted)
    return await revokeKey(store.keys, recorder, id, VIA_CLI)
  })
}

/** A label names at most one valid key, so nothing is revoked by guess. */
function findKey(keys: readonly ListedKey[], wanted: string): ListedKey {
  const found = keys.find(({ label }) => label === wanted) ?? keys.find(({ id }) => id === wanted)
  if (found) return found
  throw new LedGrabError(
    'LG_CLI_FAILED',
    `there is no valid key "${neutralizeText(wanted)}"; see ledgrab keys list`,
  )
}

function toTable(keys: readonly ListedKey[]): string {
  const lines = [
    ['LABEL', 'ROLE', 'CREATED', 'ID'],
    ...keys.map(({ label, role, created_at: createdAt, id }) => [
      neutralizeText(label),
      role,
      toLocalTime(createdAt),
      neutralizeText(id),
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => textWidth(line[column] ?? ''))))
  return lines
    .map((line) =>
      line
        .map((cell, column) => padText(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function parseAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw notLedGrab(parsed.error)
}
