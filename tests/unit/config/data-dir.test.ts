import { homedir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultDataDir } from '../../../src/config/data-dir.ts'

const dataDir = suite('default data directory')

dataDir("is where the platform keeps an application's data", () => {
  const home = homedir()
  assert.is(defaultDataDir({}, 'linux'), join(home, '.local/share/ledgrab'))
  assert.is(defaultDataDir({ XDG_DATA_HOME: '/data' }, 'linux'), '/data/ledgrab')
  assert.is(defaultDataDir({ XDG_DATA_HOME: '/data' }, 'freebsd'), '/data/ledgrab')
  assert.is(defaultDataDir({}, 'darwin'), join(home, 'Library/Application Support/ledgrab'))
  assert.is(defaultDataDir({ APPDATA: '/roaming' }, 'win32'), join('/roaming', 'ledgrab'))
  assert.is(defaultDataDir({}, 'win32'), join(home, 'AppData', 'Roaming', 'ledgrab'))
})

dataDir('is never relative to where the server was started (XDG Base Directory Specification)', () => {
  const usual = defaultDataDir({}, 'linux')
  for (const path of ['', 'data', './data'])
    assert.is(defaultDataDir({ XDG_DATA_HOME: path }, 'linux'), usual)
  assert.is(defaultDataDir({ APPDATA: '' }, 'win32'), defaultDataDir({}, 'win32'))
})

dataDir.run()
