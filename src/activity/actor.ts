import { AsyncLocalStorage } from 'node:async_hooks'
import type { JsonObject } from '../protocol/activity.ts'

export const SYSTEM_ACTOR = 'system'
export const ANONYMOUS_ACTOR = 'anonymous'

interface ActorContext {
  readonly actor: string
  /** Where the request came from; goes into the metadata of what it causes. */
  readonly origin: JsonObject | undefined
}

const actorStorage = new AsyncLocalStorage<ActorContext>()
const SYSTEM: ActorContext = { actor: SYSTEM_ACTOR, origin: undefined }

/**
 * Runs `work`, and all it awaits, in the name of `actor`.
 *
 * This is the only way to set the actor. `enterWith` is banned: it outlives the request on a
 * keep-alive socket and hands one client's name to the next.
 */
export function runAs<T>(actor: string, work: () => T, origin?: JsonObject): T {
  return actorStorage.run({ actor, origin }, work)
}

/**
 * Runs `work` as the system itself. For parts that a request starts and that outlive it: their
 * timers and sockets would otherwise act in that request's name for ever.
 */
export function runAsSystem<T>(work: () => T): T {
  return actorStorage.run(SYSTEM, work)
}

/** Who the running code acts for: a key's label, `anonymous`, or `system` outside any request. */
export function currentActor(): string {
  return actorStorage.getStore()?.actor ?? SYSTEM_ACTOR
}

/** Where the running request came from, if there is one. */
export function currentOrigin(): JsonObject | undefined {
  return actorStorage.getStore()?.origin
}
