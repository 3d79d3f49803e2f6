import { freemem } from 'node:os'
import type { LedStrip, RealtimeMode } from './led-strip.ts'

/** The WLED whose behaviour this is. `VERSION_ID` also goes out in the node beacon. */
const VERSION = '0.15.0'
export const VERSION_ID = 2_412_100
/** The only effect and the only palette there are. */
export const EFFECTS: readonly string[] = ['Solid']
export const PALETTES: readonly string[] = ['Default']

/** WLED's names (`wled: json.cpp`, `serializeInfo`). */
const MODE_NAMES: Readonly<Record<RealtimeMode, string>> = { DDP: 'DDP', UDP: 'UDP', GENERIC: '' }

/** What a controller says about itself, apart from its light. */
export interface ControllerIdentity {
  readonly name: string
  /** 12 lower-case hex digits. */
  readonly mac: string
  readonly realtimePort: number
  readonly ddpPort: number
}

/** `/json/state`. */
export function toStateJson(strip: LedStrip): object {
  return {
    on: strip.isOn,
    bri: strip.brightness,
    transition: 0,
    ps: -1,
    pl: -1,
    ledmap: 0,
    nl: { on: false, dur: 60, mode: 1, tbri: 0, rem: -1 },
    udpn: { send: false, recv: false, sgrp: 0, rgrp: 0 },
    lor: 0,
    mainseg: 0,
    seg: [toSegmentJson(strip)],
  }
}

function toSegmentJson(strip: LedStrip): object {
  return {
    id: 0,
    start: 0,
    stop: strip.ledCount,
    len: strip.ledCount,
    grp: 1,
    spc: 0,
    of: 0,
    on: true,
    frz: false,
    bri: 255,
    cct: 127,
    set: 0,
    col: [strip.color, [0, 0, 0], [0, 0, 0]],
    fx: 0,
    sx: 128,
    ix: 128,
    pal: 0,
    sel: true,
    rev: false,
    mi: false,
  }
}

/** `/json/info`. `arch` and `product` say that there is no hardware. */
export function toInfoJson(identity: ControllerIdentity, strip: LedStrip, uptimeSeconds: number): object {
  const { realtime } = strip
  return {
    ver: VERSION,
    vid: VERSION_ID,
    release: 'virtual',
    leds: toLedsJson(strip),
    str: false,
    name: identity.name,
    udpport: identity.realtimePort,
    live: realtime !== undefined,
    liveseg: -1,
    lm: realtime ? MODE_NAMES[realtime.mode] : '',
    lip: realtime?.sender ?? '',
    // No WebSocket, and no list of other nodes.
    ws: -1,
    ndc: -1,
    fxcount: EFFECTS.length,
    palcount: PALETTES.length,
    wifi: { bssid: '', rssi: 0, signal: 100, channel: 0, ap: false },
    fs: { u: 0, t: 0, pmt: 0 },
    arch: 'virtual',
    core: process.version,
    freeheap: freemem(),
    uptime: uptimeSeconds,
    // Where WLED's usermods report.
    u: { 'DDP port': [identity.ddpPort] },
    opt: 0,
    brand: 'WLED',
    product: 'LedGrab virtual controller',
    mac: identity.mac,
    ip: '127.0.0.1',
  }
}

function toLedsJson(strip: LedStrip): object {
  return {
    count: strip.ledCount,
    // The power limiter is off; WLED then estimates nothing.
    pwr: 0,
    maxpwr: 0,
    fps: strip.fps,
    maxseg: 1,
    bootps: 0,
    seglc: [1],
    lc: 1,
    rgbw: false,
    wv: false,
    cct: false,
  }
}

/**
 * `/json/live`, a build option of WLED: the LEDs as they show now, `RRGGBB` each. WLED names every n-th
 * LED of a strip over 256, for want of memory; here `n` is always 1.
 */
export function toLiveJson(strip: LedStrip): object {
  const hex = Buffer.from(strip.shown).toString('hex').toUpperCase()
  return { leds: hex.match(/.{6}/g) ?? [], n: 1 }
}
