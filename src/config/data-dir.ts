import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the databases lie unless configured: the platform's place for an application's data. */
export function defaultDataDir(
  env: Readonly<Record<string, string | undefined>>,
  platform = process.platform,
): string {
  switch (platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'ledgrab')
    case 'win32':
      return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'ledgrab')
    default:
      // The XDG specification has relative paths ignored.
      return join(
        env.XDG_DATA_HOME?.startsWith('/') ? env.XDG_DATA_HOME : join(homedir(), '.local', 'share'),
        'ledgrab',
      )
  }
}
