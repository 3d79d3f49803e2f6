import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findCycles, findViolations, type Import, scanImports } from '../support/import-rules.ts'

const imports = suite('imports')

const root = fileURLToPath(new URL('../..', import.meta.url))
const files = ['src', 'workers'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file)),
)
const found = files.flatMap((file) => scanImports(file, readFileSync(root + file, 'utf8')))

imports('point one way', () => {
  assert.equal(findViolations(found), [])
})

imports('make no circles', () => {
  assert.equal(findCycles(found), [])
})

imports('are found at all, and lead to files', () => {
  assert.ok(
    files.length > 50 && found.length > files.length,
    `${found.length} imports in ${files.length} files`,
  )
  assert.equal(
    found.filter(({ to }) => !existsSync(root + to)),
    [],
  )
})

imports('are recognised in every form', () => {
  const text = `
    import { a } from './a.ts'
    import type { B } from "../lib/b.ts"
    import c, * as d from './c.ts'
    import './d.ts'
    import {
      e,
      type F, // from './not-this.ts'
    } from './e.ts'
    export { g } from './g.ts'
    export type { H } from './h.ts'
    export * from './i.ts'
    const j = await import('./j.ts')
    type K = import('./k.ts').K
    const l = new URL('./l.worker.ts', import.meta.url)
    const m = new URL(\`./m.ts\`, import.meta.url)
  `
  const names = scanImports('src/x/file.ts', text).map(({ to }) => to.replace(/^src\/(x\/)?/, ''))
  assert.equal(names.sort(), [
    'a.ts',
    'c.ts',
    'd.ts',
    'e.ts',
    'g.ts',
    'h.ts',
    'i.ts',
    'j.ts',
    'k.ts',
    'l.worker.ts',
    'lib/b.ts',
    'm.ts',
  ])
})

imports('are not seen in comments and strings, nor where a package or a page is meant', () => {
  const text = `
    // import { a } from './a.ts'
    /* import './b.ts'
       export * from './c.ts' */
    import { d } from 'kysely'
    import e from 'node:fs'
    const f = 'see http://x' // import('./f.ts')
    const g = new URL('./page.html', import.meta.url)
    const h = new URL(\`./\${name}.worker.ts\`, import.meta.url)
    export const i = 1, from = './i.ts'
  `
  assert.equal(scanImports('src/x/file.ts', text), [])
})

imports('in the wrong direction are found', () => {
  const wrong: readonly (readonly [from: string, to: string])[] = [
    ['src/http/server.ts', 'src/cli/serve.ts'],
    ['src/http/server.ts', 'src/main.ts'],
    ['src/realtime/hub.ts', 'src/http/server.ts'],
    ['src/realtime/hub.ts', 'src/devices/service.ts'],
    ['src/realtime/hub.ts', 'src/lighting/service.ts'],
    ['src/devices/service.ts', 'src/lighting/service.ts'],
    ['src/lighting/service.ts', 'src/realtime/hub.ts'],
    ['src/threads/supervisor.ts', 'src/lighting/service.ts'],
    ['src/activity/recorder.ts', 'src/threads/supervisor.ts'],
    ['src/activity/recorder.ts', 'src/threads/inside/worker-side.ts'],
    ['src/activity/recorder.ts', 'src/realtime/hub.ts'],
    ['src/storage/open.ts', 'src/activity/chain.ts'],
    ['src/config/load.ts', 'src/storage/open.ts'],
    ['src/lib/part.ts', 'src/config/load.ts'],
    ['src/errors.ts', 'src/lib/part.ts'],
    ['src/errors.ts', 'src/protocol/text.ts'],
    ['src/protocol/text.ts', 'src/errors.ts'],
    ['src/protocol/text.ts', 'src/led/layout.ts'],
    ['src/led/layout.ts', 'src/protocol/text.ts'],
    ['src/led/layout.ts', 'src/lib/part.ts'],
    ['src/threads/inside/worker-side.ts', 'src/threads/supervisor.ts'],
    ['src/threads/inside/worker-side.ts', 'src/led/layout.ts'],
    ['src/web/app.tsx', 'src/led/layout.ts'],
    ['src/http/server.ts', 'src/web/app.tsx'],
    ['src/cli/index.ts', 'workers/probe.task.ts'],
    ['src/newcomer/a.ts', 'src/lib/part.ts'],
    ['src/http/server.ts', 'src/newcomer/a.ts'],
    ['workers/capture.worker.ts', 'src/storage/open.ts'],
    ['workers/capture.worker.ts', 'src/threads/supervisor.ts'],
    ['workers/capture/source.ts', 'src/main.ts'],
    ['workers/log.task.ts', 'src/activity/recorder.ts'],
    ['workers/log.task.ts', 'src/config/load.ts'],
    ['workers/log.task.ts', 'tests/support/x.ts'],
  ]
  const missed = wrong.filter(([from, to]) => {
    const used: Import = { from: 'workers/capture.worker.ts', to: 'workers/capture/source.ts' }
    return findViolations([used, { from, to }]).length !== 1
  })
  assert.equal(missed, [])
})

imports('in the right direction are left alone', () => {
  const right: readonly (readonly [from: string, to: string])[] = [
    ['src/cli/serve.ts', 'src/main.ts'],
    ['src/cli/serve.ts', 'src/errors.ts'],
    ['src/main.ts', 'src/http/server.ts'],
    ['src/http/routes/log.ts', 'src/http/server.ts'],
    ['src/http/server.ts', 'src/realtime/hub.ts'],
    ['src/lighting/service.ts', 'src/devices/service.ts'],
    ['src/devices/service.ts', 'src/threads/supervisor.ts'],
    ['src/threads/supervisor.ts', 'src/activity/intake.ts'],
    ['src/threads/supervisor.ts', 'src/threads/inside/worker-side.ts'],
    ['src/activity/recorder.ts', 'src/protocol/text.ts'],
    ['src/storage/open.ts', 'src/led/layout.ts'],
    ['src/threads/inside/worker-side.ts', 'src/lib/part.ts'],
    ['src/web/app.tsx', 'src/protocol/text.ts'],
    ['workers/capture.worker.ts', 'workers/capture/source.ts'],
    ['workers/capture/source.ts', 'src/led/layout.ts'],
    ['workers/capture/source.ts', 'src/threads/inside/worker-side.ts'],
    ['workers/log.task.ts', 'src/storage/open.ts'],
    ['workers/log.task.ts', 'src/activity/repository.ts'],
    ['workers/log.task.ts', 'src/activity/chain.ts'],
    ['workers/log.task.ts', 'src/activity/entry.ts'],
  ]
  for (const [from, to] of right) assert.equal(findViolations([{ from, to }]), [], `${from} → ${to}`)
})

imports('of a file that a worker and a task share obey the worker', () => {
  const shared = 'workers/log/page.ts'
  const reads: Import = { from: shared, to: 'src/storage/open.ts' }
  const byTask: Import = { from: 'workers/log.task.ts', to: shared }
  const byWorker: Import = { from: 'workers/capture.worker.ts', to: shared }
  assert.equal(findViolations([byTask, reads]), [])
  assert.equal(findViolations([byTask, byWorker, reads]), [`${shared} must not import src/storage/open.ts`])
})

imports('in a circle are found, however long it is', () => {
  const chain = (...names: readonly string[]): Import[] =>
    names.slice(1).map((to, index) => ({ from: names[index] ?? '', to }))
  assert.equal(findCycles(chain('a', 'b', 'c')), [])
  assert.equal(findCycles(chain('a', 'a')), ['a → a'])
  assert.equal(findCycles(chain('a', 'b', 'c', 'd', 'b')), ['b → c → d → b'])
  assert.equal(findCycles([...chain('a', 'b', 'd'), ...chain('a', 'c', 'd')]), [], 'a diamond is no circle')
})

imports.run()
