import type { Profile } from './profile.ts'
import type { Type } from './types.ts'

/** Where ids come from. */
export type Identity =
  | { by: 'column'; column: string; why: string; isField: boolean }
  | { by: 'text'; column: string; why: string }
  | { by: 'row'; why: string }

/** A column, with what is known of it. */
export interface Candidate {
  column: string
  name: string
  profile: Profile
  type: Type
}

/** An id is at most so long where none was asked for: people type them. */
const LONGEST_ID = 100
/** Of the rows a title may be missing in: their ids are their numbers. */
const MOSTLY = 0.99

const CERTAIN = /^(_?id|uuid|guid|slug|key|pk)$/i
const CODES =
  /^(code|symbol|ticker|sku|isbn|issn|ean|gtin|iata|icao|iso|abbr(eviation)?|number|no|nr)$/i
const CODE_ENDING = /([_ -]|[a-z](?=[A-Z]))(id|code|key|number|no|nr|slug)$|^(id|code)[_ -]/i
/** Whether a column has ids or codes, by its name. */
export function isCode(column: string): boolean {
  return [CERTAIN, CODES, CODE_ENDING].some((pattern) => pattern.test(column))
}

const TITLES = /^(name|title|label|headline)$/i
const TITLE_ENDING = /([_ -]|[a-z](?=[A-Z]))(name|title)$/i
/** Two people share a first name, sooner or later. */
const PARTS_OF_NAMES = /^(first|last|middle|given|family|sur|fore|nick)[_ -]?name$/i

/**
 * Chooses where ids come from: a column of which each row has another value; else one whose text an id can
 * be made of; else the number of the row.
 *
 * @param asked The column that a person named.
 * @param rows How many rows there are.
 * @param thing What an item is called, `airport`: its `airport_id` is a likely id.
 */
export function chooseIdentity(
  candidates: readonly Candidate[],
  { asked, rows, thing }: { asked: string | undefined; rows: number; thing: string },
): Identity {
  const named = candidates.find(({ column }) => column === asked)
  // What has an id alone is no item.
  const isField = (each: Candidate): boolean => isCompared(each) || candidates.length === 1
  if (named !== undefined) {
    return { by: 'column', column: named.column, why: 'as you asked', isField: isField(named) }
  }
  const unique = candidates.filter(({ profile }) => profile.isUnique && profile.values === rows)
  const [best] = byScore(unique, (each) => scoreOf(each, each === candidates[0], thing))
  if (best !== undefined) {
    const why = 'each row has its own'
    return { by: 'column', column: best.column, why, isField: isField(best) }
  }
  const [text] = byScore(
    candidates.filter(({ profile }) => profile.values >= rows * MOSTLY),
    (each) => titleScore(each, rows),
  )
  if (text !== undefined) {
    const why = text.profile.isUnique ? 'each row has its own' : 'with a number where two are alike'
    return { by: 'text', column: text.column, why }
  }
  return { by: 'row', why: 'no column tells all rows apart' }
}

/** Dates and quantities are asked for by ranges, which an id has none of: they are a field, too. */
function isCompared({ column, type }: Candidate): boolean {
  if (type.is === 'int') return !isCode(column)
  return (
    type.is === 'date' || type.is === 'datetime' || type.is === 'number' || type.is === 'decimal'
  )
}

function byScore(all: readonly Candidate[], score: (each: Candidate) => number): Candidate[] {
  return all
    .map((each) => ({ each, points: score(each) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ each }) => each)
}

/** How well a column that is unique serves as the id; 0 for not at all. */
function scoreOf({ column, profile, type }: Candidate, isFirst: boolean, thing: string): number {
  const { longest, lined, slashed, spaced } = profile
  if (PARTS_OF_NAMES.test(column) || lined > 0 || slashed > 0 || longest > LONGEST_ID) return 0
  const isText = type.is === 'string'
  if (!isText && type.is !== 'int' && type.is !== 'date') return 0
  if (CERTAIN.test(column)) return 100
  const plain = column.toLowerCase().replace(/[^a-z\d]/g, '')
  if (
    ['id', 'code', 'no', 'number', 'key'].some((word) => plain === `${thing.toLowerCase()}${word}`)
  )
    return 90
  if (CODES.test(column)) return 80
  if (CODE_ENDING.test(column)) return 70
  if (isFirst && (type.is === 'date' || (isText && spaced === 0 && longest <= LONGEST_ID / 2)))
    return 60
  if (isText && TITLES.test(column)) return 50
  if (isText && spaced === 0 && longest <= LONGEST_ID / 4) return 40
  if (isText && TITLE_ENDING.test(column)) return 30
  return type.is === 'date' ? 20 : 0
}

/** How well an id is made of a column's text. */
function titleScore({ column, profile, type }: Candidate, rows: number): number {
  if (type.is !== 'string' || PARTS_OF_NAMES.test(column) || profile.lined > 0) return 0
  if (profile.isUnique) return profile.longest <= 2 * LONGEST_ID ? 30 : 0
  const isTitle = TITLES.test(column) || TITLE_ENDING.test(column)
  return isTitle && profile.different * 2 >= rows ? 20 : 0
}
