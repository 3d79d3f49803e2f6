import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { LedGrabError } from '../errors.ts'
import { DeviceWithHealth } from '../protocol/api-devices.ts'
import { DiscoveryReportSchema, FoundControllerSchema } from '../protocol/api-discovery.ts'
import { DEVICE_TYPES, type DeviceType } from '../protocol/device-settings.ts'
import { neutralizeText } from '../protocol/text.ts'
import { type ApiFlags, addApiOptions, callApi, callServer, toApiAddress } from './api-client.ts'
import { findNamed, parseAnswer } from './entity-finder.ts'
import { toTable } from './table.ts'
import { endWithReader, say } from './terminal.ts'

const PATH = '/api/v1/devices'
/** Besides the blinking itself: stopping and starting what lights the device. */
const IDENTIFY_MARGIN_MS = 15_000

type Device = z.infer<typeof DeviceWithHealth>
type FoundController = z.infer<typeof FoundControllerSchema>

interface DevicesFlags extends ApiFlags {
  readonly json?: boolean
}

interface DiscoverFlags extends DevicesFlags {
  readonly explain?: boolean
}

interface AddFlags extends DevicesFlags {
  readonly type: DeviceType
  readonly leds?: number
  readonly port?: number
  readonly realtimePort?: number
  readonly set?: Readonly<Record<string, string | number | boolean>>
}

interface IdentifyFlags extends DevicesFlags {
  readonly seconds: number
}

export function addDevicesCommand(program: Command): void {
  const devices = program.command('devices').description('manage the controllers of a running server')
  devices.hook('preAction', endWithReader)
  addOptions(devices.command('list').description('show the devices and how they are')).action(listCommand)
  addOptions(
    devices
      .command('discover')
      .description('show controllers on the network that are not yet devices')
      .option('--explain', 'say what was asked, on which interfaces, and who answered'),
  ).action(discoverCommand)
  addOptions(
    devices
      .command('add')
      .description('add a controller; a WLED that answers need not be told its LEDs')
      .argument('<name>', 'what it is called from now on')
      .argument('<address>', 'IP address or host name; of an adalight its serial port')
      .addOption(new Option('--type <type>', 'what it is').choices(DEVICE_TYPES).default('wled'))
      .option('--leds <count>', 'how many LEDs it has', parseCount)
      .option('--port <port>', "its port, where it is not the protocol's own", parseCount)
      .option(
        '--realtime-port <port>',
        "UDP port of a WLED's stream, where it is not the usual one",
        parseCount,
      )
      .option('--set <setting=value>', 'a setting of its type; may repeat', collectSetting),
    '$ ledgrab devices add Stage 10.0.0.7 --type e131 --leds 340 --set universe=3',
  ).action(addCommand)
  addOptions(
    devices
      .command('remove')
      .description('remove a device that no target uses')
      .argument('<device>', 'its name or its id'),
  ).action(removeCommand)
  addOptions(
    devices
      .command('identify')
      .description('let a controller blink, then give it back what it showed')
      .argument('<device>', 'its name or its id')
      .option('--seconds <seconds>', 'how long, 1 to 10', parseSeconds, 3),
  ).action(identifyCommand)
}

function addOptions(command: Command, example?: string): Command {
  const complete = addApiOptions(command).option('--json', 'print the result as JSON')
  return example === undefined ? complete : complete.addHelpText('after', `\nExample:\n  ${example}`)
}

function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

/** As the API takes it. */
function parseSeconds(text: string): number {
  const seconds = parseCount(text)
  if (seconds >= 1 && seconds <= 10) return seconds
  throw new InvalidArgumentError('It must be 1 to 10.')
}

/** `universe=3` as `{ universe: 3 }`; the server knows which type a setting has. */
function collectSetting(
  text: string,
  before: Readonly<Record<string, string | number | boolean>> = {},
): Record<string, string | number | boolean> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It must be a setting and its value, such as universe=3.')
  const value = text.slice(at + 1)
  const read = /^\d{1,9}$/.test(value)
    ? Number(value)
    : /^(true|false)$/.test(value)
      ? value === 'true'
      : value
  return { ...before, [text.slice(0, at)]: read }
}

async function listCommand(flags: DevicesFlags): Promise<void> {
  const devices = await readDevices(flags)
  if (flags.json) print(devices)
  else if (devices.length === 0) say('there are no devices; see ledgrab devices discover')
  else {
    const rows = devices.map(({ name, type, address, led_count, health, id }) => [
      name,
      type,
      address,
      String(led_count),
      health.state,
      id,
    ])
    process.stdout.write(`${toTable([['NAME', 'TYPE', 'ADDRESS', 'LEDS', 'HEALTH', 'ID'], ...rows])}\n`)
  }
}

async function discoverCommand(flags: DiscoverFlags): Promise<void> {
  const found = parseAnswer(z.array(FoundControllerSchema), await callApi(flags, 'GET', '/api/v1/discovered'))
  const report = flags.explain
    ? parseAnswer(DiscoveryReportSchema, await callApi(flags, 'GET', '/api/v1/discovery'))
    : undefined
  if (flags.json) {
    print(report ? { found, ...report } : found)
    return
  }
  if (report) process.stdout.write(`${explain(report)}\n`)
  if (found.length === 0) say('no controller was found that is not yet a device')
  else process.stdout.write(`${toFoundTable(found)}\n`)
}

function toFoundTable(found: readonly FoundController[]): string {
  const rows = found.map(({ name, type, address, port, mac, info }) => [
    name,
    type,
    `${address}:${port}`,
    mac ?? '-',
    info?.led_count ? String(info.led_count) : '-',
  ])
  return toTable([['NAME', 'TYPE', 'ADDRESS', 'MAC', 'LEDS'], ...rows])
}

function explain({ is_enabled, interfaces, paths }: z.infer<typeof DiscoveryReportSchema>): string {
  if (!is_enabled) return 'Discovery is switched off (discovery.enabled).'
  const on = interfaces.map(({ name, address }) => `${name} (${address})`).join(', ')
  const told = paths.map(
    ({ asks, answered }) => `  ${asks}: ${answered.length === 0 ? 'nobody' : answered.join(', ')}`,
  )
  return neutralizeLines([`On ${on || 'no interface'}:`, ...told])
}

function neutralizeLines(lines: readonly string[]): string {
  return lines.map(neutralizeText).join('\n')
}

async function addCommand(name: string, address: string, flags: AddFlags): Promise<void> {
  const { type, port, realtimePort, set } = flags
  const device = parseAnswer(
    DeviceWithHealth,
    await callApi(flags, 'POST', PATH, {
      name,
      type,
      address,
      led_count: flags.leds ?? (await askLedCount(address, flags)),
      ...(port !== undefined && { port }),
      ...(realtimePort !== undefined && { realtime_port: realtimePort }),
      ...(set !== undefined && { settings: set }),
    }),
  )
  if (flags.json) print(device)
  else
    process.stdout.write(
      `"${neutralizeText(device.name)}" at ${neutralizeText(device.address)} was added with ${device.led_count} LEDs (${device.id}).\n`,
    )
}

async function askLedCount(address: string, flags: AddFlags): Promise<number> {
  if (flags.type !== 'wled') throw new LedGrabError('LG_CLI_FAILED', `say how many LEDs it has, with --leds`)
  const { port } = flags
  const body = { address, ...(port !== undefined && { port }) }
  const { info } = parseAnswer(
    FoundControllerSchema,
    await callApi(flags, 'POST', '/api/v1/discovered', body),
  )
  if (info?.led_count) return info.led_count
  throw new LedGrabError('LG_CLI_FAILED', 'the controller does not say how many LEDs it has; use --leds')
}

async function removeCommand(wanted: string, flags: DevicesFlags): Promise<void> {
  const device = findNamed(await readDevices(flags), wanted, 'device')
  await callApi(flags, 'DELETE', `${PATH}/${encodeURIComponent(device.id)}`)
  if (flags.json) print(device)
  else process.stdout.write(`The device "${neutralizeText(device.name)}" was removed.\n`)
}

async function identifyCommand(wanted: string, flags: IdentifyFlags): Promise<void> {
  const device = findNamed(await readDevices(flags), wanted, 'device')
  const { seconds } = flags
  if (!flags.json) say(`"${neutralizeText(device.name)}" blinks for ${seconds} s …`)
  await callServer(toApiAddress(flags), 'POST', `${PATH}/${encodeURIComponent(device.id)}/identify`, {
    body: { seconds },
    timeoutMs: seconds * 1_000 + IDENTIFY_MARGIN_MS,
  })
  if (flags.json) print(device)
  else say('done')
}

async function readDevices(flags: DevicesFlags): Promise<readonly Device[]> {
  return parseAnswer(z.array(DeviceWithHealth), await callApi(flags, 'GET', PATH))
}

function print(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
