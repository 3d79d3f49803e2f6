import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BeaconHints } from '../../../workers/discovery/beacon-hints.ts'
import { NODE_BEACON_PORT as HEARD_PORT } from '../../../workers/discovery/node-beacon.ts'
import { NODE_BEACON_PORT, toNodeBeacon } from '../../../workers/virtual-controller/node-beacon.ts'

const beaconHints = suite('beacons heard')

const BEACON = toNodeBeacon('Desk', true)

beaconHints('are those that controllers send', () => {
  assert.is(HEARD_PORT, NODE_BEACON_PORT)
  const hints = new BeaconHints(0)
  assert.ok(hints.take(BEACON, '10.0.0.1', 0))
  assert.not.ok(hints.take(BEACON.subarray(0, 43), '10.0.0.2', 0))
  assert.not.ok(hints.take(Buffer.from('9cda0006', 'hex'), '10.0.0.3', 0))
  assert.not.ok(hints.take(Buffer.alloc(44), '10.0.0.4', 0))
})

beaconHints('are told once a minute per sender', () => {
  const hints = new BeaconHints(0)
  assert.ok(hints.take(BEACON, '10.0.0.1', 0))
  assert.not.ok(hints.take(BEACON, '10.0.0.1', 59_999))
  assert.ok(hints.take(BEACON, '10.0.0.1', 60_000))
})

beaconHints('from many forged addresses cause a bounded number of questions', () => {
  const hints = new BeaconHints(0)
  const flood = (nowMs: number): number =>
    Array.from({ length: 10_000 }, (_, index) =>
      hints.take(BEACON, `10.${nowMs % 256}.${index >> 8}.${index & 255}`, nowMs),
    ).filter(Boolean).length
  assert.is(flood(0), 16)
  assert.is(flood(1_000), 1)
  assert.is(flood(1_001), 0)
})

beaconHints.run()
