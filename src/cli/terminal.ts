const ESCAPE = '\u001b['
const SGR = { red: 31, yellow: 33, dim: 2, bold: 1 } as const
export type Style = keyof typeof SGR

/** A stream as far as colours depend on it. */
interface Output {
  readonly isTTY?: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Whether to colour what goes to `output`: only on a terminal, never with `NO_COLOR` (no-color.org).
 * `FORCE_COLOR` overrules both, `0` and `false` the other way round, as in Node.js itself.
 */
export function wantsColour(output: Output, env: Environment): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env
  if (force !== undefined) return force !== '0' && force !== 'false'
  return output.isTTY === true && !no && term !== 'dumb'
}

/** `text` in a style (ECMA-48 §8.3.117), and back to normal after it. */
export function paint(text: string, style: Style): string {
  return `${ESCAPE}${SGR[style]}m${text}${ESCAPE}0m`
}

/** Writes a sentence for people to standard error, so that programs read standard output undisturbed. */
export function say(sentence: string): void {
  process.stderr.write(`ledgrab: ${sentence}\n`)
}

/** `1 entry`, `2 entries`. */
export function countEntries(count: number): string {
  return `${count} ${count === 1 ? 'entry' : 'entries'}`
}

/**
 * Ends the process in silence when nobody reads standard output any more, as with `| head`. For
 * commands that have nothing to lose by it.
 */
export function endWithReader(): void {
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') process.exit(0)
    throw cause
  })
}
