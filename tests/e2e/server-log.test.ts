// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ServerLogLine } from '../../src/protocol/server-log.ts'
import { call, callOk } from '../support/api.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { watch } from '../support/watcher.ts'

const serverLog = suite('server log')

serverLog('comes to an admin who asks: what is kept, then each line', async () => {
  await withInProcess(async ({ url, logger, logLines }) => {
    const plain = await watch(url)
    const watcher = await watch(url, { subscribe: { server_log: true } })
    const { lines } = (await watcher.waitForType('server_log')) as unknown as {
      readonly lines: readonly ServerLogLine[]
    }
    assert.is(lines.length, logLines.length)
    assert.equal(
      lines.map(({ message }) => message),
      logLines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    )
    logger.warn({ port: 4048 }, 'a line of now')
    const live = await waitFor(
      () => watcher.events.filter(({ type }) => type === 'server_log')[1] as { lines?: unknown } | undefined,
      'the new line',
    )
    const [line] = live.lines as readonly ServerLogLine[]
    assert.equal([line?.level, line?.message, line?.fields], ['warn', 'a line of now', '{"port":4048}'])
    await watcher.close()
    await plain.close()
    assert.is(plain.events.filter(({ type }) => type === 'server_log').length, 0)
  })
})

serverLog('is not for others', async () => {
  await withInProcess(async ({ url }) => {
    const { key } = await callOk(url, 'POST', '/api/v1/keys', { label: 'alice', role: 'admin' })
    const headers = { authorization: `Bearer ${key}` }
    const { body } = await call(url, 'POST', '/api/v1/keys', { label: 'bob', role: 'operator' }, headers)
    const watcher = await watch(url, { token: String(body.key), subscribe: { server_log: true } })
    const refused = await watcher.waitForType('error')
    assert.is(refused.code, 'LG_AUTH_FORBIDDEN')
    await waitFor(() => watcher.socket.readyState === watcher.socket.CLOSED, 'the socket to close')
    assert.is(watcher.events.filter(({ type }) => type === 'server_log').length, 0)
  })
})

serverLog.run()
