import { setImmediate as nextLoop } from 'node:timers/promises'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type HubServer, startHub } from '../../support/hub-server.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type Watcher, type WatcherEvent, watch } from '../../support/watcher.ts'

const streams = suite('streams of the hub')

const ACTORS: readonly string[] = ['odd', 'even']
/** The last entry each client waits for: everything before it has been sent by then. */
const LAST = 'last'

/** One subscription of a client: what it asked for and all it was told. */
interface Session {
  readonly client: number
  readonly since: number
  readonly actor: string | undefined
  readonly watcher: Watcher
}

type Step =
  | { readonly kind: 'write'; readonly count: number }
  | { readonly kind: 'connect'; readonly client: number }
  | { readonly kind: 'disconnect'; readonly client: number }
  | { readonly kind: 'prune'; readonly keep: number }
  | { readonly kind: 'clear' }
  | { readonly kind: 'breathe'; readonly loops: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('write' as const), count: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('connect' as const), client: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('disconnect' as const), client: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('prune' as const), keep: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('breathe' as const), loops: fc.integer({ min: 1, max: 20 }) }),
  },
)

/** Four clients, half of them with a filter, that come, go and come back with what they had. */
class Clients {
  readonly #server: HubServer
  readonly #open = new Map<number, Session>()
  readonly sessions: Session[] = []

  constructor(server: HubServer) {
    this.#server = server
  }

  async connect(client: number): Promise<void> {
    await this.disconnect(client)
    const earlier = this.sessions.findLast((session) => session.client === client)
    const since = earlier ? coveredBy(earlier) : 0
    const actor = client < 2 ? undefined : ACTORS[client % 2]
    const filters = actor === undefined ? {} : { filters: { actor } }
    const watcher = await watch(this.#server.url, { subscribe: { since_seq: since, ...filters } })
    const session = { client, since, actor, watcher }
    this.#open.set(client, session)
    this.sessions.push(session)
  }

  async disconnect(client: number): Promise<void> {
    const session = this.#open.get(client)
    this.#open.delete(client)
    // Without a goodbye, as a network would.
    session?.watcher.socket.terminate()
    await session?.watcher.closed
  }

  /** Resolves when everybody who is there has been told everything. */
  async settle(): Promise<void> {
    for (const actor of [...ACTORS, LAST]) this.#server.write(actor)
    await this.#server.recorder.flush()
    const head = this.#server.recorder.head.seq
    for (const { actor, watcher } of this.#open.values()) {
      const last = actor === undefined ? head : head - ACTORS.length + ACTORS.indexOf(actor)
      await waitFor(() => coveredUpTo(watcher.events) >= last, `a client to hear of entry ${last}`)
    }
  }
}

/** From where a client goes on: it has been told everything up to here. */
function coveredBy({ since, watcher }: Session): number {
  return Math.max(since, coveredUpTo(watcher.events))
}

function coveredUpTo(events: readonly WatcherEvent[]): number {
  return events.reduce(
    (seq, event) => Math.max(seq, event.seq ?? (event.type === 'gap' ? Number(event.to) : 0)),
    0,
  )
}

/** No entry twice, none out of order, and none missing that no gap was announced for. */
function assertHonest({ since, actor, watcher }: Session, actorOf: ReadonlyMap<number, string>): void {
  const concerns = (seq: number): boolean => actor === undefined || actorOf.get(seq) === actor
  let covered = since
  const goOnTo = (next: number): void => {
    assert.ok(next > covered, `${next} after ${covered}`)
    for (let seq = covered + 1; seq < next; seq += 1) assert.not.ok(concerns(seq), `entry ${seq} is missing`)
  }
  for (const { type, seq = 0, from, to } of watcher.events) {
    switch (type) {
      case 'gap':
        goOnTo(Number(from))
        covered = Number(to)
        assert.ok(covered >= Number(from))
        break
      case 'activity_logged':
        goOnTo(seq)
        assert.ok(concerns(seq), 'what it did not ask for')
        covered = seq
        break
      default:
        assert.is(type, 'auth_ok')
    }
  }
}

streams('have no hole that was not announced, nothing twice and everything in order', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
    const server = await startHub()
    const clients = new Clients(server)
    const actorOf = new Map<number, string>()
    const write = (): void => {
      const actor = ACTORS[actorOf.size % 2] ?? LAST
      server.write(actor)
      actorOf.set(actorOf.size + 1, actor)
    }
    try {
      for (const one of steps) {
        switch (one.kind) {
          case 'write':
            for (let i = 0; i < one.count; i += 1) write()
            break
          case 'connect':
            await clients.connect(one.client)
            break
          case 'disconnect':
            await clients.disconnect(one.client)
            break
          case 'prune':
            await server.repository.prune(null, one.keep)
            break
          case 'clear':
            await server.repository.clear()
            break
          case 'breathe':
            for (let i = 0; i < one.loops; i += 1) await nextLoop()
        }
      }
      await clients.settle()
      for (const actor of [...ACTORS, LAST]) actorOf.set(actorOf.size + 1, actor)
      for (const session of clients.sessions) assertHonest(session, actorOf)
    } finally {
      await server.stop()
    }
  })
  await fc.assert(property, { numRuns: 40, interruptAfterTimeLimit: 20_000 })
})

streams.run()
