import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  EFFECTS,
  SCREEN_BACKENDS,
  SOURCE_TYPES,
  Source,
  SourceCreate,
  SourceSettings,
  SourceUpdate,
} from '../../../src/protocol/api-sources.ts'
import {
  hideSecrets,
  isVideoLocation,
  toShownLocation,
  VIDEO_SCHEMES,
} from '../../../src/protocol/video-location.ts'

const sources = suite('sources, as the API takes them')

const docs = readFileSync(new URL('../../../docs/sources.md', import.meta.url), 'utf8')

sources('are documented with every type, setting and word', () => {
  const documented = new Set(
    [...docs.replaceAll(/```.*?```/gs, '').matchAll(/`([^`\n]+)`/g)].map(([, word]) => word),
  )
  const headings = [...docs.matchAll(/^## (.+)$/gm)].flatMap(([, heading = '']) => heading.split(', '))
  assert.equal(headings.toSorted(), [...SOURCE_TYPES].toSorted())
  const settings = Object.keys(SourceUpdate.shape).filter((name) => name !== 'name')
  for (const word of [...settings, ...EFFECTS, ...SCREEN_BACKENDS, ...VIDEO_SCHEMES]) {
    assert.ok(documented.has(word), word)
  }
})

sources('are taken as documented', () => {
  const examples = [...docs.matchAll(/```json\n(.+?)```/gs)].map(([, json = '']) => JSON.parse(json))
  assert.is(examples.length, 3)
  for (const example of examples) {
    const parsed = SourceCreate.parse(example)
    assert.equal({ ...parsed, ...example }, parsed)
  }
})

sources('stored by an older version are still read', () => {
  assert.equal(SourceSettings.parse({ type: 'testcard', fps: 30 }), { type: 'testcard', fps: 30 })
  assert.equal(SourceSettings.parse({ type: 'screen', display: ':0', fps: 60 }), {
    type: 'screen',
    display: ':0',
    region: null,
    backend: 'auto',
    fps: 60,
  })
})

sources('can be changed in every setting there is', () => {
  const settings = new Set(Source.options.flatMap((option) => Object.keys(option.shape)))
  for (const fixed of ['id', 'type', 'created_at']) settings.delete(fixed)
  assert.equal(Object.keys(SourceUpdate.shape).toSorted(), [...settings].toSorted())
})

sources('take a video from a file or a known kind of address only', () => {
  for (const good of ['/srv/a.mkv', 'C:\\a.mkv', 'https://h/a', 'RTSP://h:554/live', 'http://[::1]/a']) {
    assert.ok(isVideoLocation(good), good)
  }
  for (const bad of [
    '',
    'a.mkv',
    '-i',
    'file:/etc/passwd',
    'concat:/a|/b',
    'data:,',
    'pipe:0',
    'http:/h',
    'http://',
    'ftp://h/a',
    '/a\nb',
  ]) {
    assert.not.ok(isVideoLocation(bad), bad)
  }
})

sources('show an address without its secrets', () => {
  assert.is(toShownLocation('https://ada:sesame@h:8443/a.mkv?token=1#x'), 'https://h:8443/a.mkv')
  assert.is(toShownLocation('rtsp://ada:sesame@h/live'), 'rtsp://h/live')
  assert.is(toShownLocation('/srv/a?b.mkv'), '/srv/a?b.mkv')
})

sources('hide the secrets of an address in what ffmpeg says of it, also when that is cut off', () => {
  const location = 'http://ada:sesame@h/a b.mkv?token=open'
  assert.is(hideSecrets(`${location}: refused`, location), 'http://h/a%20b.mkv: refused')
  assert.is(
    hideSecrets(
      "[hls] no segment 'http://ada:sesame@h/1.ts?token=open'; tcp://h:80?timeout=1 failed",
      location,
    ),
    "[hls] no segment 'http://h/1.ts'; tcp://h:80 failed",
  )
  assert.is(hideSecrets('/srv/a?b.mkv: refused', '/srv/a?b.mkv'), '/srv/a?b.mkv: refused')
  fc.assert(
    fc.property(fc.integer({ min: 257, max: 1_023 }), fc.integer({ min: 1, max: 1_200 }), (cutAt, length) => {
      const long = `https://ada:sesame@h/${'path '.repeat(200)}?token=${'open'.repeat(length)}`
      assert.not.match(hideSecrets(`${long.slice(0, cutAt)}: refused`, long), /ada|sesame|token|open/)
      const inPassword = `https://ada:${'sesame'.repeat(200)}@h/`
      assert.not.match(hideSecrets(`${inPassword.slice(0, cutAt)} refused`, inPassword), /ada|sesame/)
    }),
  )
})

sources.run()
