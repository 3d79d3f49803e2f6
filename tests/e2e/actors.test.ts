// shares the machine
import { Agent } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callOk } from '../support/api.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { rawCall } from '../support/raw-http.ts'

const actors = suite('actors of requests')

const ROUNDS = 60

/** Somebody with a key and one keep-alive connection. */
class Person {
  readonly label: string
  readonly #url: string
  readonly #key: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(url: string, label: string, key: string) {
    this.#url = url
    this.label = label
    this.#key = key
  }

  async add(name: string): Promise<number> {
    const { status } = await rawCall(this.#url, {
      method: 'POST',
      path: '/api/v1/sources',
      headers: { authorization: `Bearer ${this.#key}`, 'user-agent': this.label },
      // Long enough to come in more than one piece.
      body: { name, type: 'testcard', ...(name.endsWith('bad') && { padding: 'x'.repeat(100_000) }) },
      agent: this.#agent,
    })
    return status
  }

  end(): void {
    this.#agent.destroy()
  }
}

actors('stay apart while two keys interleave on keep-alive connections', async () => {
  await withInProcess(async ({ url }) => {
    const admin = String((await callOk(url, 'POST', '/api/v1/keys', { label: 'Ada', role: 'admin' })).key)
    const headers = { authorization: `Bearer ${admin}` }
    const made = await rawCall(url, {
      method: 'POST',
      path: '/api/v1/keys',
      headers,
      body: { label: 'Bob', role: 'operator' },
    })
    const people = [new Person(url, 'Ada', admin), new Person(url, 'Bob', String(made.body.key))]

    // In turn, so that each request is the next on the loop after the other's.
    for (let i = 0; i < ROUNDS; i += 1) {
      for (const person of people) assert.is(await person.add(`${person.label} turn ${i}`), 201)
    }
    // At once, with requests that fail among them.
    await Promise.all(
      people.flatMap((person) =>
        Array.from({ length: ROUNDS }, async (_, i) => {
          const isBad = i % 5 === 0
          assert.is(await person.add(`${person.label} race ${i}${isBad ? ' bad' : ''}`), isBad ? 400 : 201)
        }),
      ),
    )
    for (const person of people) person.end()

    let before = ''
    let checked = 0
    do {
      const page = await rawCall(url, {
        path: `/api/v1/activity-log?actions=entity_created&limit=200${before}`,
        headers,
      })
      const entries = page.body.entries as {
        actor: string
        entity_name: string
        metadata: { request: { user_agent: string } }
      }[]
      for (const { actor, entity_name: name, metadata } of entries) {
        assert.is(name.split(' ')[0], actor, name)
        assert.is(metadata.request.user_agent, actor, 'and so does where it came from')
        checked += 1
      }
      before = page.body.has_more ? `&before_seq=${page.body.next_before_seq}` : ''
    } while (before !== '')
    assert.is(checked, 2 * (ROUNDS + (ROUNDS * 4) / 5))
  })
})

actors.run()
