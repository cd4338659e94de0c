import type { Filter } from './filter.ts'
import {
  ALL,
  besides,
  boundsOf,
  compareBytes,
  isCut,
  type Stretch,
  WITH_VALUE,
  WITHOUT_VALUE,
} from './order.ts'

/** What an index says of the filters of its field. */
export interface Narrowed {
  /** In the order of the index, apart from each other. */
  stretches: readonly Stretch[]
  /** The items that pass are those without a member in the stretches. */
  isOutside: boolean
  /** Whether the index alone tells which items pass. */
  isExact: boolean
  /** Whether an item may have members in more than one stretch. */
  overlaps: boolean
}

/** Where the members lie of items that may pass all of one index's filters. */
export function narrow(filters: readonly Filter[]): Narrowed {
  const find = (...some: Filter['comparison'][]): Filter | undefined =>
    filters.find(({ comparison }) => some.includes(comparison))
  const equal = find('eq', 'ci')
  if (equal !== undefined) return within(equalStretches(equal), [equal], filters)
  const lower = find('gt', 'gte')
  const upper = find('lt', 'lte')
  if (lower !== undefined || upper !== undefined) {
    const min = lower === undefined ? '-' : boundsOfOne(lower).min
    const max = upper === undefined ? WITH_VALUE.max : boundsOfOne(upper).max
    return within([{ min, max }], [lower, upper], filters)
  }
  const exists = find('exists')
  const unequal = find('ne')
  if (exists?.texts[0] === 'false') return within([WITHOUT_VALUE], [exists], filters)
  if (unequal !== undefined) {
    const stretches = equalStretches(unequal)
    if (unequal.isList) return { ...within(stretches, [unequal], filters), isOutside: true }
    return within(hasCut(unequal) ? [ALL] : besides(stretches), [unequal], filters)
  }
  if (exists?.isList === true) {
    return { ...within([WITHOUT_VALUE], [exists], filters), isOutside: true }
  }
  return within([exists === undefined ? ALL : WITH_VALUE], [exists], filters)
}

function within(
  stretches: readonly Stretch[],
  used: readonly (Filter | undefined)[],
  filters: readonly Filter[],
): Narrowed {
  const own = used.filter((each) => each !== undefined)
  const isExact = own.length === filters.length && !own.some(hasCut)
  const overlaps = stretches.length > 1 && own.some(({ isList }) => isList)
  return { stretches, isOutside: false, isExact, overlaps }
}

/** A stretch for each value, by their order in the index. */
function equalStretches({ kind, texts }: Filter): Stretch[] {
  const all = texts.map((text) => boundsOf(kind, 'eq', text))
  const apart = [...new Map(all.map((each) => [each.min, each])).values()]
  return apart.sort((a, b) => compareBytes(a.min, b.min))
}

function boundsOfOne({ kind, comparison, texts }: Filter): Stretch {
  const [text = ''] = texts
  switch (comparison) {
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return boundsOf(kind, comparison, text)
    default:
      return ALL
  }
}

function hasCut({ comparison, kind, texts }: Filter): boolean {
  return comparison !== 'exists' && texts.some((text) => isCut(kind, text))
}
