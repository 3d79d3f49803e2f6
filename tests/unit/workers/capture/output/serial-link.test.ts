import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SerialLink } from '../../../../../workers/capture/output/serial-link.ts'
import { testWith } from '../../../../support/needs.ts'
import { SerialPair } from '../../../../support/serial-pair.ts'
import { tempDir } from '../../../../support/temp-dir.ts'
import { waitFor } from '../../../../support/wait-for.ts'

const serialLink = suite('serial link')

function setup(path: string, changes: Partial<ConstructorParameters<typeof SerialLink>[0]> = {}) {
  const troubles: (string | undefined)[] = []
  let idles = 0
  const link = new SerialLink({
    path,
    baudRate: 115_200,
    onIdle: () => {
      idles += 1
    },
    onTrouble: (reason) => troubles.push(reason),
    ...changes,
  })
  return { link, troubles, idles: () => idles }
}

testWith(serialLink, ['socat'], 'writes to a port, and is busy until it has left', async () => {
  const pair = new SerialPair(tempDir())
  await pair.plug()
  const { link, troubles, idles } = setup(pair.path)
  await link.open()
  link.send([Buffer.from('Ada')])
  assert.ok(link.isBusy)
  await waitFor(() => pair.received.toString() === 'Ada', 'the bytes')
  await waitFor(() => idles() === 1, 'the port to drain')
  assert.not.ok(link.isBusy)
  assert.equal(link.takeCounts(), { packetsOut: 1, sendErrors: 0 })
  assert.equal(troubles, [])
  await link.close()
  await pair.unplug()
})

testWith(
  serialLink,
  ['socat'],
  'opens a port again that was pulled and plugged, without a word of trouble',
  async () => {
    const pair = new SerialPair(tempDir())
    await pair.plug()
    const { link, troubles } = setup(pair.path)
    await link.open()
    await pair.unplug()
    await waitFor(() => {
      link.takeCounts()
      if (!link.isBusy) link.send([Buffer.from('x')])
      return link.takeCounts().sendErrors > 0
    }, 'the loss to be noticed')
    await pair.plug()
    await waitFor(() => {
      if (!link.isBusy) link.send([Buffer.from('back')])
      return pair.received.includes('back')
    }, 'the port to be used again')
    assert.equal(troubles, [])
    await link.close()
    await pair.unplug()
  },
)

serialLink('tells once that a port which is there cannot be opened', async () => {
  const file = join(tempDir(), 'no-port')
  writeFileSync(file, '')
  const { link, troubles } = setup(file)
  await link.open()
  await link.open()
  assert.is(troubles.length, 1)
  assert.type(troubles[0], 'string')
  await link.close()
})

serialLink('says what to do where the optional package is missing', async () => {
  const file = join(tempDir(), 'port')
  writeFileSync(file, '')
  const reason = 'the optional package serialport is not installed; run npm install serialport'
  const { link, troubles } = setup(file, { openPort: () => Promise.reject(new Error(reason)) })
  await link.open()
  assert.equal(troubles, [reason])
  assert.is(link.takeCounts().sendErrors, 1)
  await link.close()
})

serialLink.run()
