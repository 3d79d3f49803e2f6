/**
 * A part of the server with a life of its own. Constructors only assign; `start` may be called
 * once, `stop` any number of times and also when `start` failed.
 */
export interface Part {
  start(): Promise<void>
  stop(): Promise<void>
}
