// deadline: 180 s
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SoakSample, SoakVerdict } from '../../bench/soak/sample.ts'
import { cleanEnv } from '../support/server-process.ts'

const soak = suite('npm run soak')

const project = fileURLToPath(new URL('../..', import.meta.url))

async function run(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const child = execFile('npm', ['run', '--silent', 'soak', '--', ...args], { cwd: project, env: cleanEnv() })
  let stdout = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout }
}

soak(
  'watches memory, files, lateness, frames and entries of ten lights, and ends as its verdict says',
  async () => {
    const { code, stdout } = await run(['--minutes', '0.2', '--json'])
    const { verdict, samples } = JSON.parse(stdout) as {
      verdict: SoakVerdict
      samples: readonly SoakSample[]
    }
    assert.is(code, verdict.is_good ? 0 : 1)
    assert.is(samples.length, 30)
    const [first] = samples
    const last = samples.at(-1)
    if (first === undefined || last === undefined) throw new Error('no samples')
    assert.ok(last.minutes >= 0.2 && last.minutes < 1, `${last.minutes} minutes`)
    for (const { rss_mb, heap_mb } of samples)
      assert.ok(rss_mb > heap_mb && heap_mb > 1, `${rss_mb}, ${heap_mb} MB`)
    // Ten lights of moving colours, and a change of one of them with each sample.
    assert.ok(last.frames_out - first.frames_out > 10 * 12, `${last.frames_out - first.frames_out} frames`)
    assert.ok(last.head_seq - first.head_seq >= 29, `${last.head_seq - first.head_seq} entries`)
    assert.ok(samples.some(({ late_ms }) => late_ms !== null && late_ms > 0))
    assert.ok(last.files <= first.files + 10, `${first.files} files, then ${last.files}`)
  },
)

soak('refuses what is no number of minutes', async () => {
  const { code, stdout } = await run(['--minutes', 'some'])
  assert.equal([code, stdout], [1, ''])
})

soak.run()
