import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isMaskedLocation, toMaskedLocation } from '../../../src/protocol/video-secrets.ts'

const secrets = suite('secrets in the addresses of videos')

const CASES: readonly (readonly [string, string])[] = [
  ['rtsp://ada:sesame@10.0.0.9:554/live', 'rtsp://ada:***@10.0.0.9:554/live'],
  ['https://abc123@films.lan/a.mkv', 'https://***@films.lan/a.mkv'],
  ['http://films.lan/a.mkv?token=open&start=3', 'http://films.lan/a.mkv?token=***&start=***'],
  ['http://films.lan/a.mkv?open', 'http://films.lan/a.mkv?***'],
  ['http://films.lan/a.mkv?a=b=c&&d', 'http://films.lan/a.mkv?a=***&&***'],
  ['RTSP://ada:sesame@10.0.0.9/live', 'rtsp://ada:***@10.0.0.9/live'],
]

for (const [location, masked] of CASES) {
  secrets(`are not told: ${masked}`, () => {
    assert.is(toMaskedLocation(location), masked)
    assert.ok(isMaskedLocation(masked))
    assert.not(isMaskedLocation(location))
    assert.is(toMaskedLocation(masked), masked)
  })
}

secrets('are not looked for where there are none', () => {
  for (const location of [
    '/films/a.mkv?***',
    '/films/***:b@c.mkv',
    'C:\\films\\a.mkv',
    'rtsp://10.0.0.9/live',
  ]) {
    assert.is(toMaskedLocation(location), location)
    assert.not(isMaskedLocation(location))
  }
})

secrets.run()
