import type { Plan } from '../rate-limit/plans.ts'
import type { Read } from './readers.ts'

const FORM = '{"free":{"minute":600,"month":100000,"keys":10}}'
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/
/** The members of a plan, and the least of each. */
const LEAST = { minute: 1, month: 1, keys: 0 } as const
const MOST = 1e9

/** Reads `PLANS`: rows of the plan table that override its own, or are added to them. */
export function plans(read: Read, faults: string[]): ReadonlyMap<string, Plan> {
  const value = read('PLANS')
  const found = new Map<string, Plan>()
  if (value === undefined) return found
  let rows: unknown
  try {
    rows = JSON.parse(value)
  } catch {
    faults.push(`PLANS is not of the form ${FORM}: it is not JSON.`)
    return found
  }
  if (!isRecord(rows)) {
    faults.push(`PLANS is not of the form ${FORM}.`)
    return found
  }
  for (const [name, row] of Object.entries(rows)) {
    const place = `PLANS, ${JSON.stringify(name).slice(0, 40)}`
    if (!NAME.test(name)) {
      faults.push(`${place}: a name has 1 to 32 letters, digits, dots, hyphens and underscores.`)
      continue
    }
    if (!isRecord(row)) {
      faults.push(`${place}: is not of the form {"minute":600,"month":100000,"keys":10}.`)
      continue
    }
    found.set(name, planOf(row, place, faults))
  }
  return found
}

function planOf(row: Record<string, unknown>, place: string, faults: string[]): Plan {
  const plan: Plan = {}
  for (const [member, number] of Object.entries(row)) {
    if (!isMember(member)) {
      faults.push(`${place}: has minute, month and keys, and nothing else.`)
    } else if (
      typeof number !== 'number' ||
      !(Number.isSafeInteger(number) && number >= LEAST[member] && number <= MOST)
    ) {
      faults.push(`${place}, ${member}: is not a whole number from ${LEAST[member]} to ${MOST}.`)
    } else plan[member] = number
  }
  return plan
}

function isMember(name: string): name is keyof typeof LEAST {
  return Object.hasOwn(LEAST, name)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
