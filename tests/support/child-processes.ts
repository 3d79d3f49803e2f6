import { readdirSync, readFileSync } from 'node:fs'

/** The ids of this process's own children, threads' included, that run `program`. Linux only. */
export function findChildren(program: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const status = readStatus(pid)
      return status?.name === program && status.parent === process.pid && status.state !== 'Z'
    })
}

export function isRunning(pid: number): boolean {
  const state = readStatus(pid)?.state
  return state !== undefined && state !== 'Z'
}

function readStatus(pid: number): { name: string; state: string; parent: number } | undefined {
  try {
    // `pid (name) state parent …`; the name may contain spaces and brackets.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = text.lastIndexOf(')')
    const [state = '', parent = ''] = text.slice(end + 2).split(' ')
    return { name: text.slice(text.indexOf('(') + 1, end), state, parent: Number(parent) }
  } catch {
    return undefined
  }
}
