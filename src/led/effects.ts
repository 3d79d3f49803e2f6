import { type Color, mix, parseColor, toHue } from './colors.ts'
import type { Painter } from './painting.ts'
import type { PictureSize } from './picture.ts'

export interface EffectSettings {
  readonly effect: 'rainbow' | 'breathe' | 'fire' | 'chase'
  /** 1 is the usual speed. */
  readonly speed: number
  /** `#rrggbb`, for `breathe` and `chase`. */
  readonly colors: readonly string[]
}

const RAINBOW_TURN_MS = 8_000
const BREATH_MS = 4_000
const CHASE_TURN_MS = 3_000
const TAIL_SHARE = 0.3
/** Flames are painted in squares of so many pixels: LEDs do not see finer ones. */
const FIRE_GRAIN = 2
/** Steps of a turn around the picture that are told apart. */
const PLACES = 1_024

/** Moving pictures for when nothing is on screen: pure functions of the time, the same on every machine. */
export function paintEffect(size: PictureSize, { effect, speed, colors }: EffectSettings): Painter {
  const own = colors.map(parseColor)
  const paint = {
    rainbow: () => paintRainbow(size),
    breathe: () => paintBreath(own),
    fire: () => paintFire(size),
    chase: () => paintChase(size, own),
  }[effect]()
  return (frame, timeMs) => paint(frame, timeMs * speed)
}

/** The colour wheel, once around the picture, turning clockwise. */
function paintRainbow(size: PictureSize): Painter {
  const places = toPlaces(size)
  const wheel = toTable((share) => toHue(share))
  return (frame, timeMs) => paintPlaces(frame, places, wheel, -timeMs / RAINBOW_TURN_MS)
}

/** One colour after the other swells and fades. */
function paintBreath(colors: readonly Color[]): Painter {
  return (frame, timeMs) => {
    const breath = Math.floor(timeMs / BREATH_MS)
    const [red, green, blue] = colors[breath % colors.length] ?? [255, 255, 255]
    const swell = (1 - Math.cos((timeMs / BREATH_MS) * 2 * Math.PI)) / 2
    for (let i = 0; i < frame.length; i += 3) {
      frame[i] = red * swell
      frame[i + 1] = green * swell
      frame[i + 2] = blue * swell
    }
  }
}

/** A light with a tail runs clockwise around the picture, in the next colour each time. */
function paintChase(size: PictureSize, colors: readonly Color[]): Painter {
  const places = toPlaces(size)
  const black: Color = [0, 0, 0]
  const tails = colors.map((color) =>
    // The head is at the end of the table: what is behind it lies before.
    toTable((share) => mix(black, color, Math.max(0, 1 - (1 - share) / TAIL_SHARE) ** 2)),
  )
  return (frame, timeMs) => {
    const turns = timeMs / CHASE_TURN_MS
    const tail = tails[Math.floor(turns) % tails.length]
    if (tail) paintPlaces(frame, places, tail, -turns)
  }
}

/** Flames from the lower edge: two layers of noise that rise, thinner the higher. */
function paintFire({ width, height }: PictureSize): Painter {
  const heat = Array.from({ length: 256 }, (_, i): Color => {
    const share = i / 255
    return [
      Math.min(255, share * 3 * 255),
      Math.max(0, share - 0.33) * 1.5 * 255,
      Math.max(0, share - 0.75) * 4 * 160,
    ]
  })
  const colors = Uint8Array.from(heat.flat())
  const cell = Math.max(2, width / 16)
  return (frame, timeMs) => {
    const seconds = timeMs / 1_000
    for (let y = 0; y < height; y += FIRE_GRAIN) {
      const fromBelow = 1 - y / height
      for (let x = 0; x < width; x += FIRE_GRAIN) {
        const slow = toNoise(x / cell, y / cell + seconds * 1.6, seconds * 0.7)
        const fast = toNoise((x * 2) / cell, (y * 2) / cell + seconds * 4, seconds * 1.3)
        const flame = (slow * 0.7 + fast * 0.3) * 1.5 - fromBelow * 0.95 + 0.15
        const at = Math.floor(Math.min(1, Math.max(0, flame)) * 255) * 3
        for (let row = y; row < Math.min(height, y + FIRE_GRAIN); row += 1) {
          for (let column = x; column < Math.min(width, x + FIRE_GRAIN); column += 1) {
            const out = (row * width + column) * 3
            frame[out] = colors[at] ?? 0
            frame[out + 1] = colors[at + 1] ?? 0
            frame[out + 2] = colors[at + 2] ?? 0
          }
        }
      }
    }
  }
}

/** For each pixel how far around the picture it is, clockwise from the left, in `PLACES`. */
function toPlaces({ width, height }: PictureSize): Uint16Array {
  return Uint16Array.from({ length: width * height }, (_, i) => {
    const x = ((i % width) + 0.5) / width - 0.5
    const y = (Math.floor(i / width) + 0.5) / height - 0.5
    const turns = Math.atan2(y, x) / (2 * Math.PI) + 0.5
    return Math.floor(turns * PLACES) % PLACES
  })
}

function toTable(colorOf: (share: number) => Color): Uint8Array {
  return Uint8Array.from(Array.from({ length: PLACES }, (_, i) => colorOf(i / PLACES)).flat())
}

/** Every pixel in the table's colour of its place, the table turned by `turns`. */
function paintPlaces(frame: Uint8Array, places: Uint16Array, table: Uint8Array, turns: number): void {
  const shift = Math.floor((turns - Math.floor(turns)) * PLACES)
  for (let i = 0, out = 0; i < places.length; i += 1, out += 3) {
    const at = (((places[i] ?? 0) + shift) % PLACES) * 3
    frame[out] = table[at] ?? 0
    frame[out + 1] = table[at + 1] ?? 0
    frame[out + 2] = table[at + 2] ?? 0
  }
}

/** Smooth noise of three coordinates, 0-1: random values at whole numbers, eased in between. */
function toNoise(x: number, y: number, z: number): number {
  const whole = Math.floor(z)
  return blend(toPlaneNoise(x, y, whole), toPlaneNoise(x, y, whole + 1), ease(z - whole))
}

function toPlaneNoise(x: number, y: number, z: number): number {
  const x0 = Math.floor(x)
  const y0 = Math.floor(y)
  const u = ease(x - x0)
  const upper = blend(toRandom(x0, y0, z), toRandom(x0 + 1, y0, z), u)
  const lower = blend(toRandom(x0, y0 + 1, z), toRandom(x0 + 1, y0 + 1, z), u)
  return blend(upper, lower, ease(y - y0))
}

function toRandom(x: number, y: number, z: number): number {
  let hash = Math.imul(x, 374_761_393) ^ Math.imul(y, 668_265_263) ^ Math.imul(z, 2_147_483_629)
  hash = Math.imul(hash ^ (hash >>> 13), 1_274_126_177)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0xffff_ffff
}

function ease(share: number): number {
  return share * share * (3 - 2 * share)
}

function blend(from: number, to: number, share: number): number {
  return from + (to - from) * share
}
