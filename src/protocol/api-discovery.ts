import { z } from 'zod'
import { NetworkAddress } from './api-devices.ts'
import { Port } from './api-fields.ts'

/** An address somebody typed in, to be asked whether a controller is there. */
export const ControllerLookup = z.strictObject({
  address: NetworkAddress,
  port: Port.describe('HTTP port, 80 unless given.').default(80),
})

export const FoundControllerSchema = z.object({
  key: z.string(),
  name: z.string(),
  /** What it would be as a device. */
  type: z.enum(['wled', 'artnet']),
  address: z.string(),
  port: z.int(),
  mac: z.string().nullable(),
  ddp_port: z.int().nullable(),
  /** What its `/json/info` said; null while it has not answered. */
  info: z
    .object({ name: z.string().nullable(), version: z.string().nullable(), led_count: z.int().nullable() })
    .nullable(),
})

/** What discovery asked, where, and who answered. */
export const DiscoveryReportSchema = z.object({
  is_enabled: z.boolean(),
  interfaces: z.array(z.object({ name: z.string(), address: z.string() })),
  paths: z.array(
    z.object({
      /** A phrase for people. */
      asks: z.string(),
      /** Names and addresses, devices included. */
      answered: z.array(z.string()),
    }),
  ),
})
export type DiscoveryReport = Readonly<z.infer<typeof DiscoveryReportSchema>>
