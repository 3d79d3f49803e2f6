import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FrameAssembler } from '../../../../workers/capture/frame-assembler.ts'

const assembler = suite('frame assembler')

function take(subject: FrameAssembler): readonly [number[], number] | undefined {
  let taken: readonly [number[], number] | undefined
  subject.take((frame, replaced) => {
    taken = [[...frame], replaced]
  })
  return taken
}

assembler('gives nothing before a frame is whole', () => {
  const subject = new FrameAssembler(3)
  subject.push(Uint8Array.from([1, 2]))
  assert.not.ok(subject.hasFrame)
  assert.is(take(subject), undefined)
  subject.push(Uint8Array.from([3]))
  assert.ok(subject.hasFrame)
  assert.equal(take(subject), [[1, 2, 3], 0])
})

assembler('gives each frame once', () => {
  const subject = new FrameAssembler(1)
  subject.push(Uint8Array.from([1]))
  take(subject)
  assert.is(take(subject), undefined)
})

assembler('gives the newest of several and says how many it replaced', () => {
  const subject = new FrameAssembler(2)
  subject.push(Uint8Array.from([1, 1, 2, 2, 3, 3, 4]))
  assert.equal(take(subject), [[3, 3], 2])
  subject.push(Uint8Array.from([4]))
  assert.equal(take(subject), [[4, 4], 0])
})

assembler('loses no byte, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 30 }),
      (frameBytes, chunks) => {
        const subject = new FrameAssembler(frameBytes)
        const stream = Buffer.concat(chunks)
        let readBytes = 0
        let seen = 0
        for (const chunk of chunks) {
          readBytes += chunk.length
          subject.push(chunk)
          const whole = Math.floor(readBytes / frameBytes)
          const taken = take(subject)
          if (whole === seen) {
            assert.is(taken, undefined)
            continue
          }
          const newest = stream.subarray((whole - 1) * frameBytes, whole * frameBytes)
          assert.equal(taken, [[...newest], whole - seen - 1])
          seen = whole
        }
      },
    ),
  )
})

assembler.run()
