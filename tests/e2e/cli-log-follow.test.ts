// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call, callOk, readLog } from '../support/api.ts'
import { addDevice } from '../support/entities.ts'
import { withFollower } from '../support/follower.ts'
import { startInProcess, withInProcess } from '../support/in-process-server.ts'
import { runBuilt, startServer } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const follow = suite('ledgrab log --follow')

const LOST = 'the connection to the server was lost'
const AGAIN = 'connected again'

follow('survives that the server is killed and started again, and loses and repeats no entry', async () => {
  const dataDir = tempDir()
  const env = { LEDGRAB_DISCOVERY__ENABLED: 'false' }
  let server = await startServer(['--data-dir', dataDir], env)
  const { url } = server
  try {
    await addDevice(url, { name: 'before the follower' })
    await withFollower(['--url', url, '--limit', '1000'], async (follower) => {
      await follower.waitForMessage('before the follower')
      for (const round of [1, 2]) {
        await Promise.all(Array.from({ length: 20 }, (_, n) => addDevice(url, { name: `${round}.${n}` })))
        // It may or may not have printed them all by now.
        await server.end('SIGKILL')
        server = await startServer(['--data-dir', dataDir, '--port', new URL(url).port], env)
        await addDevice(url, { name: `after kill ${round}` })
        await follower.waitForMessage(`after kill ${round}`)
      }
      await addDevice(url, { name: 'the last' })
      await follower.waitForMessage('the last')

      const log = (await readLog(url)).entries.toReversed()
      const last = log.findIndex(({ entity_name: name }) => name === 'the last')
      assert.equal(follower.entries(), log.slice(0, last + 1))
      assert.is(log.filter(({ action }) => action === 'unclean_shutdown_detected').length, 2)
      assert.is(follower.stderr().split(LOST).length - 1, 2, follower.stderr())
      assert.is(follower.stderr().split(AGAIN).length - 1, 2, follower.stderr())
      assert.is(await follower.end(), 0)
    })
  } finally {
    await server.end('SIGKILL')
  }
})

follow(
  'starts with the newest entries, then prints what comes, and ends at Ctrl-C without a word',
  async () => {
    await withInProcess(async ({ url }) => {
      for (const name of ['one', 'two', 'three']) await addDevice(url, { name })
      await withFollower(['--url', url, '-n', '2'], async (follower) => {
        await follower.waitForMessage('watches the log')
        await addDevice(url, { name: 'four' })
        await follower.waitForMessage('four')
        const names = follower.entries().map(({ entity_name: name, action }) => name ?? action)
        // Its own arrival is an entry too.
        assert.equal(names, ['two', 'three', 'watcher_connected', 'four'])
        assert.equal([await follower.end(), follower.stderr()], [0, ''])
      })
    })
  },
)

follow('keeps to its filters, of the past and of what comes', async () => {
  await withInProcess(async ({ url }) => {
    await addDevice(url, { name: 'Lamp öl 1' })
    await addDevice(url, { name: 'Strip' })
    const filters = ['--category', 'entity', '--action', 'entity_created', '--grep', 'ÖL']
    await withFollower(['--url', url, ...filters], async (follower) => {
      await follower.waitForMessage('Lamp öl 1')
      await addDevice(url, { name: 'Other' })
      const second = await addDevice(url, { name: 'LAMP Öl 2' })
      await callOk(url, 'PUT', `/api/v1/devices/${second.id}`, { led_count: 7 })
      await addDevice(url, { name: 'Lamp öl 3' })
      await follower.waitForMessage('Lamp öl 3')
      assert.equal(
        follower.entries().map(({ entity_name: name }) => name),
        ['Lamp öl 1', 'LAMP Öl 2', 'Lamp öl 3'],
      )
    })
  })
})

follow('says what was removed while it was away', async () => {
  const before = await startInProcess()
  const { url, dataDir } = before
  await withFollower(['--url', url], async (follower) => {
    await follower.waitForMessage('watches the log')
    await before.stop()
    await follower.waitForNotice(LOST)
    // What the first one records, the second one removes.
    for (const _ of [1, 2]) {
      const { code, stderr } = await runBuilt(['log', 'clear', '--yes', '--data-dir', dataDir])
      assert.is(code, 0, stderr)
    }
    await withInProcess(
      async () => {
        await follower.waitForMessage('started and answers')
        await follower.waitForMessage('was cleared')
        assert.match(follower.stderr(), /^ledgrab: entr(y|ies) \d+ .*no longer in the log/m)
      },
      { dataDir, server: { port: Number(new URL(url).port) } },
    )
  })
})

follow('ends with the reason when its key is revoked, or no server was there to begin with', async () => {
  await withInProcess(async ({ url }) => {
    const make = async (label: string, role: string, headers = {}): Promise<Record<string, unknown>> =>
      (await call(url, 'POST', '/api/v1/keys', { label, role }, headers)).body
    const admin = await make('ada', 'admin')
    const authorization = `Bearer ${admin.key}`
    const { id, key } = await make('vic', 'viewer', { authorization })
    await withFollower(['--url', url, '--key', String(key)], async (follower) => {
      await follower.waitForMessage('vic watches')
      await call(url, 'DELETE', `/api/v1/keys/${id}`, undefined, { authorization })
      assert.is(await follower.ended, 1)
      assert.match(follower.stderr(), /^ledgrab: [^\n]*key[^\n]*\n$/m)
    })
  })
  const nobody = await runBuilt(['log', '--follow', '--url', 'http://127.0.0.1:1'])
  assert.equal([nobody.code, nobody.stdout], [1, ''])
  assert.match(nobody.stderr, /^ledgrab: no server answers at http:\/\/127\.0\.0\.1:1 [^\n]+\n$/)
})

follow.run()
