import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  findCookie,
  parseEvents,
  parseSetup,
  toSetupRequest,
  toWatchRequest,
} from '../../../../workers/capture/x11-messages.ts'

const x11 = suite('X11 messages')

const ROOT = 0x50d

function toAnswer(vendor = 'The X.Org Foundation'): Buffer {
  const padded = Math.ceil(vendor.length / 4) * 4
  const answer = Buffer.alloc(40 + padded + 8 + 40)
  answer.writeUInt8(1, 0)
  answer.writeUInt16LE((answer.length - 8) / 4, 6)
  answer.writeUInt16LE(vendor.length, 24)
  answer.writeUInt8(1, 28)
  answer.writeUInt8(1, 29)
  answer.write(vendor, 40, 'latin1')
  const screen = 40 + padded + 8
  answer.writeUInt32LE(ROOT, screen)
  answer.writeUInt16LE(1_920, screen + 20)
  answer.writeUInt16LE(1_080, screen + 22)
  return answer
}

function toConfigure(window: number, width: number, height: number): Buffer {
  const event = Buffer.alloc(32)
  event.writeUInt8(22, 0)
  event.writeUInt32LE(window, 4)
  event.writeUInt32LE(window, 8)
  event.writeUInt16LE(width, 20)
  event.writeUInt16LE(height, 22)
  return event
}

x11('open a connection with or without a cookie (§8, Connection Setup)', () => {
  assert.is(toSetupRequest(undefined).toString('hex'), '6c000b000000000000000000')
  const request = toSetupRequest(new Uint8Array(16).fill(7))
  assert.is(request.length, 12 + 20 + 16)
  assert.is(request.toString('latin1', 12, 30), 'MIT-MAGIC-COOKIE-1')
  assert.is(request.toString('hex', 32), '07'.repeat(16))
})

x11('find the first screen in the answer, once it is whole, whatever the vendor is called', () => {
  for (const vendor of ['', 'X', 'The X.Org Foundation', 'x'.repeat(199)]) {
    const answer = toAnswer(vendor)
    assert.is(parseSetup(answer.subarray(0, -1)), undefined)
    assert.equal(parseSetup(Buffer.concat([answer, Buffer.alloc(5)])), {
      setup: { root: ROOT, size: { width: 1_920, height: 1_080 } },
      bytes: answer.length,
    })
  }
  assert.is(parseSetup(Buffer.alloc(8)), 'refused')
})

x11('ask for the changes of one window (§9, ChangeWindowAttributes)', () => {
  assert.is(toWatchRequest(ROOT).toString('hex'), '020004000d0500000008000000000200')
})

x11('tell the newest size of that window, and leave half an event for later (§11, ConfigureNotify)', () => {
  const events = Buffer.concat([
    toConfigure(ROOT, 640, 480),
    toConfigure(ROOT, 800, 600),
    toConfigure(9, 1, 1),
    Buffer.alloc(32),
    Buffer.alloc(31),
  ])
  assert.equal(parseEvents(events, ROOT), { size: { width: 800, height: 600 }, bytes: 128 })
  assert.equal(parseEvents(Buffer.alloc(31), ROOT), { size: undefined, bytes: 0 })
})

x11('find the cookie of a display (Xau(3))', () => {
  const field = (text: string): Buffer => Buffer.from([0, text.length, ...Buffer.from(text, 'latin1')])
  const entry = (display: string, name: string, cookie: string): Buffer =>
    Buffer.concat([Buffer.from([1, 0]), ...['host', display, name, cookie].map(field)])
  const file = Buffer.concat([
    entry('1', 'MIT-MAGIC-COOKIE-1', 'a'.repeat(16)),
    entry('0', 'XDM-AUTHORIZATION-1', 'b'.repeat(16)),
    entry('0', 'MIT-MAGIC-COOKIE-1', 'c'.repeat(16)),
  ])
  assert.is(Buffer.from(findCookie(file, '0') ?? []).toString(), 'c'.repeat(16))
  assert.is(findCookie(file, '2'), undefined)
})

x11('take any bytes for what they are, and never throw', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
  fc.assert(
    fc.property(bytes, (buffer) => {
      parseSetup(buffer)
      parseSetup(Buffer.concat([Buffer.from([1, 0, 11, 0, 0, 0]), buffer]))
      parseEvents(buffer, ROOT)
      findCookie(buffer, '0')
    }),
  )
})

x11.run()
