import type { CollectionAccess } from '../../lib/collections/define.ts'
import { listed } from '../columns.ts'
import { FileFault, type Rows } from '../rows.ts'
import { type Candidate, chooseIdentity, type Identity } from './identity.ts'
import { fieldNames } from './names.ts'
import { Profile } from './profile.ts'
import { chooseQueries, type Queries } from './queries.ts'
import { type DecidedField, guessType } from './types.ts'

/** All that is decided about a file. */
export interface Decision {
  name: string
  prefix: `${string}:`
  access: CollectionAccess
  rows: number
  identity: Identity
  fields: readonly DecidedField[]
  queries: Queries
}

export interface Asked {
  name: string
  prefix: `${string}:`
  /** The column that is to be the id. */
  id: string | undefined
  isPublic: boolean
  /** Whether all values are texts by their format, as in CSV. */
  isOfTexts: boolean
}

/**
 * Reads a file to its end, and works out the collection that it is.
 *
 * @throws FileFault
 */
export function decide(rows: Rows, asked: Asked): Decision {
  const { profiles, total } = profile(rows)
  const columns = [...profiles.keys()]
  if (columns.length === 0) throw new FileFault('has no columns')
  if (asked.id !== undefined && !profiles.has(asked.id)) {
    throw new FileFault(`has no column ${asked.id}. Its columns: ${listed(columns)}`)
  }
  const thing = asked.prefix.slice(0, -1)
  // Names that answers give to something else.
  const taken = new Map([
    ['id', `${thing}Id`],
    ['included', `${thing}Included`],
  ])
  const names = fieldNames(columns, taken)
  const decided = columns.map((column): DecidedField => {
    const seen = profiles.get(column) ?? new Profile()
    const guessed = guessType(seen, { name: column, rows: total, isOfTexts: asked.isOfTexts })
    return { ...guessed, name: names.get(column) ?? column, column, profile: seen }
  })
  const candidates: Candidate[] = decided.map(({ column, name, profile: seen, type }) => ({
    column,
    name,
    profile: seen,
    type,
  }))
  const identity = chooseIdentity(candidates, { asked: asked.id, rows: total, thing })
  const fields = decided.filter(
    ({ column }) => identity.by !== 'column' || identity.isField || column !== identity.column,
  )
  const read = asked.isPublic ? 'public' : 'user'
  return {
    name: asked.name,
    prefix: asked.prefix,
    access: { list: read, get: read, create: 'editor', update: 'editor', delete: 'editor' },
    rows: total,
    identity,
    fields,
    queries: chooseQueries(fields, total),
  }
}

function profile(rows: Rows): { profiles: Map<string, Profile>; total: number } {
  const profiles = new Map<string, Profile>()
  let total = 0
  for (const found of rows()) {
    // What cannot be read is a reject of the load.
    if (!('row' in found)) continue
    total++
    for (const [column, value] of Object.entries(found.row)) {
      const known = profiles.get(column) ?? new Profile()
      profiles.set(column, known)
      known.look(value)
    }
  }
  if (total === 0) throw new FileFault('has no rows')
  return { profiles, total }
}
