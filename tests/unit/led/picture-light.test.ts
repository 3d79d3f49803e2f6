import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toDefaultStrip } from '../../../src/led/layout.ts'
import { SOURCE_SIZE, toFrameBytes } from '../../../src/led/picture.ts'
import { type LayoutLight, PictureLight } from '../../../src/led/picture-light.ts'

const pictures = suite('light of a picture')

const LEDS = 50
const STRIP = toDefaultStrip(LEDS)

function toFrame(rgb: readonly number[], barRows = 0): Uint8Array {
  const rowBytes = SOURCE_SIZE.width * 3
  const frame = new Uint8Array(toFrameBytes(SOURCE_SIZE))
  for (let at = barRows * rowBytes; at < frame.length - barRows * rowBytes; at += 3) frame.set(rgb, at)
  return frame
}

function look(picture: PictureLight, isWithoutBars = false): LayoutLight {
  return picture.of(STRIP, LEDS, picture.window(isWithoutBars))
}

function read(picture: PictureLight, light: LayoutLight): readonly number[] {
  const into = new Float32Array(LEDS * 3)
  picture.read(light, into)
  return [...into]
}

pictures('is the same for equal layouts, and not for others', () => {
  const picture = new PictureLight(SOURCE_SIZE)
  assert.is(look(picture), look(picture))
  const window = picture.window(false)
  assert.is(look(picture), picture.of({ ...STRIP, segments: [...STRIP.segments] }, LEDS, { ...window }))
  assert.is.not(look(picture), picture.of({ ...STRIP, border_depth_percent: 20 }, LEDS, window))
  assert.is.not(look(picture), picture.of(STRIP, LEDS + 1, window))
  assert.is.not(look(picture), picture.of(STRIP, LEDS, { ...window, top: 9 }))
})

pictures('is that of the newest frame for each that reads it', () => {
  const picture = new PictureLight(SOURCE_SIZE)
  const [a, b] = [look(picture), picture.of(STRIP, LEDS, { ...picture.window(false), left: 1 })]
  for (const value of [255, 0, 255]) {
    picture.take(toFrame([value, 0, 0]), 0)
    for (const light of [a, b, a]) assert.is(read(picture, light)[0], value / 255)
  }
})

pictures('stays that of a frame which is not kept', () => {
  const picture = new PictureLight(SOURCE_SIZE)
  const frame = toFrame([255, 255, 255])
  picture.take(frame, 0)
  frame.fill(0)
  assert.equal(read(picture, look(picture)), new Array(LEDS * 3).fill(1))
})

pictures('goes on for those whose layout is shared no more', () => {
  const picture = new PictureLight(SOURCE_SIZE)
  const light = look(picture)
  for (let depth = 11; depth <= 90; depth += 1) {
    picture.of({ ...STRIP, border_depth_percent: depth }, LEDS, picture.window(false))
  }
  picture.take(toFrame([255, 0, 0]), 0)
  assert.is(read(picture, light)[0], 1)
  assert.is.not(look(picture), light)
})

pictures('has its black bars found once for all, and known to those who come later', () => {
  const picture = new PictureLight(SOURCE_SIZE)
  for (const nowMs of [0, 500, 1_000, 1_500]) {
    picture.take(toFrame([200, 200, 200], 9), nowMs)
    picture.window(true)
  }
  const window = picture.window(true)
  assert.equal(window, { left: 0, top: 9, right: SOURCE_SIZE.width, bottom: SOURCE_SIZE.height - 9 })
  assert.is(picture.window(true), window)
  assert.equal(picture.window(false), {
    left: 0,
    top: 0,
    right: SOURCE_SIZE.width,
    bottom: SOURCE_SIZE.height,
  })
})

pictures('asked for again after a while, looks for bars anew', () => {
  const picture = new PictureLight(SOURCE_SIZE)
  for (const nowMs of [0, 500, 1_000, 1_500]) {
    picture.take(toFrame([200, 200, 200], 9), nowMs)
    picture.window(true)
  }
  picture.take(toFrame([200, 200, 200], 9), 60_000)
  assert.is(picture.window(true).top, 0)
  for (const nowMs of [60_500, 61_000, 61_500]) {
    picture.take(toFrame([200, 200, 200], 9), nowMs)
    picture.window(true)
  }
  assert.is(picture.window(true).top, 9)
})

pictures.run()
