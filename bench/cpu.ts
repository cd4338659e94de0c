import { readdirSync, readFileSync } from 'node:fs'

/** Of Linux: `USER_HZ`, which is 100 on every architecture that Node runs on. */
const MS_PER_TICK = 10

interface Stat {
  parent: number
  ticks: number
}

/**
 * The CPU time that a process, its children and those of them that ended have used, user and system, in
 * milliseconds. `NaN` where there is no `/proc`.
 */
export function cpuMsOfTree(root: number): number {
  const stats = new Map<number, Stat>()
  for (const entry of entries()) {
    const stat = statOf(Number(entry))
    if (stat !== undefined) stats.set(Number(entry), stat)
  }
  if (!stats.has(root)) return Number.NaN
  let ticks = 0
  for (const [pid, stat] of stats) if (descends(stats, pid, root)) ticks += stat.ticks
  return ticks * MS_PER_TICK
}

function entries(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything; behind it the fields are counted from the state.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // utime, stime, cutime, cstime
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return { parent: Number(fields[1]), ticks }
  } catch {
    return undefined
  }
}

function descends(stats: Map<number, Stat>, pid: number, root: number): boolean {
  for (let each = pid; each > 0; each = stats.get(each)?.parent ?? 0) if (each === root) return true
  return false
}
