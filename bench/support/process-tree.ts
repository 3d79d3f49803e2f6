import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts a process's time in these (`getconf CLK_TCK`; 100 on every architecture Node.js runs on). */
const TICKS_PER_SECOND = 100

/** What a process and all that it started have used of the processor so far, in seconds. Linux only. */
export function treeCpuSeconds(rootPid: number): number {
  const processes = readProcesses()
  const pids = new Set([rootPid])
  // Children have higher numbers than their parents most of the time, not always: until nothing is added.
  for (let before = 0; before !== pids.size; ) {
    before = pids.size
    for (const { pid, parentPid } of processes) if (pids.has(parentPid)) pids.add(pid)
  }
  const ticks = processes.filter(({ pid }) => pids.has(pid)).reduce((sum, one) => sum + one.ticks, 0)
  return ticks / TICKS_PER_SECOND
}

interface Process {
  readonly pid: number
  readonly parentPid: number
  readonly ticks: number
}

function readProcesses(): readonly Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      // The second field, the name in brackets, may hold blanks (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // utime and stime of its own, cutime and cstime of children that have ended.
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
      return [{ pid: Number(name), parentPid: Number(fields[1]), ticks }]
    } catch {
      return [] // It has just ended.
    }
  })
}

/** The share of one core that the processes used while `work` ran. */
export async function measureCpuShare(rootPid: number, work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  const before = treeCpuSeconds(rootPid)
  await work()
  return (treeCpuSeconds(rootPid) - before) / ((performance.now() - startedMs) / 1_000)
}
