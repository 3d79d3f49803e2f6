import { readFileSync } from 'node:fs'

/** proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal. */
const STEAL_FIELD = 8
/** The unit of /proc/stat: Linux says a hundredth of a second to programs whatever its own clock (proc_stat(5), USER_HZ). */
const TICK_MS = 10

/**
 * How long the processors of a virtual machine have stood still because its host gave them to somebody else, in ms since it
 * started; 0 where nobody tells.
 */
export function readStolenMs(): number {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    return Number(line.split(/\s+/)[STEAL_FIELD]) * TICK_MS
  } catch {
    return 0
  }
}
