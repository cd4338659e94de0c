import type { Plan } from '../rate-limit/plans.ts'
import type { Read } from './readers.ts'

/** The members of a plan, and the least of each. */
const LEAST: Record<string, number> = { minute: 1, month: 1, keys: 0 }
const MOST = 1e9
const FORM = '{"free":{"minute":600,"month":100000,"keys":10}}'

/** Reads `PLANS`: rows of the plan table that override its own, or are added to them. */
export function plans(read: Read, faults: string[]): ReadonlyMap<string, Plan> {
  const found = new Map<string, Plan>()
  for (const [name, row] of membersOf(parsed(read('PLANS') ?? '{}')) ?? [['', undefined]]) {
    const place = name === '' ? 'PLANS' : `PLANS, ${JSON.stringify(name).slice(0, 40)}`
    const members = /^[\w.-]{1,32}$/.test(name) ? membersOf(row) : undefined
    if (members === undefined) faults.push(`${place}: is not of the form ${FORM}.`)
    for (const [member, number] of members ?? []) {
      const least = Object.hasOwn(LEAST, member) ? LEAST[member] : undefined
      if (least === undefined) faults.push(`${place}: has minute, month and keys, and no more.`)
      else if (!Number.isSafeInteger(number) || Number(number) < least || Number(number) > MOST) {
        faults.push(`${place}, ${member}: is not a whole number from ${least} to ${MOST}.`)
      }
    }
    if (members !== undefined) found.set(name, Object.fromEntries(members))
  }
  return found
}

/** The members of an object; undefined for what is none. */
function membersOf(value: unknown): [string, unknown][] | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? Object.entries(value) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
