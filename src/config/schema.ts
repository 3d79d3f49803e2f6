import { z } from 'zod'
import { LOG_LEVELS } from '../protocol/log-levels.ts'

const HostName = z.string().regex(/^[A-Za-z0-9._-]{1,253}$/, 'must be a host name without port')
const Origin = z.string().regex(/^https?:\/\/[^/\s]+$/, 'must be an origin such as https://lights.example')

/** Everything that can be configured, with its defaults. Unknown keys are errors: they are typos. */
export const ConfigSchema = z.strictObject({
  server: z
    .strictObject({
      /** Address to listen on; anything but loopback needs API keys to be of use. */
      host: z.string().min(1).default('127.0.0.1'),
      /** 0: any free port. */
      port: z.int().min(0).max(65_535).default(8_080),
      /** Host names, beside its own, that requests may name. */
      allowed_hosts: z.array(HostName).default([]),
      /** Origins of other web pages that may call the API. */
      allowed_origins: z.array(Origin).default([]),
    })
    .prefault({}),
  /** Where the databases lie; null: the platform's usual place. */
  data_dir: z.string().min(1).nullable().default(null),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
  discovery: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Network interface or its IPv4 address to browse on; null: all of them. */
      interface: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
})
export type Config = z.infer<typeof ConfigSchema>

/** How a setting's text in an environment variable is read. */
export type SettingKind = 'text' | 'integer' | 'boolean' | 'list'

/** All settings by their path. A test holds it against the schema. */
export const SETTING_KINDS: Readonly<Record<string, SettingKind>> = {
  'server.host': 'text',
  'server.port': 'integer',
  'server.allowed_hosts': 'list',
  'server.allowed_origins': 'list',
  data_dir: 'text',
  'log.level': 'text',
  'discovery.enabled': 'boolean',
  'discovery.interface': 'text',
}
