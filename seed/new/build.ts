import type { ZodMiniType } from 'zod/mini'
import type { Collection, Shape, Zod } from '../../lib/collections/define.ts'
import { type ColumnOptions, PLAIN_COLUMNS } from '../columns.ts'
import type { Decision } from './decide.ts'
import type { Absence, Type } from './types.ts'

/** The collection that a decision describes, as its file will. */
export function collectionOf({ name, prefix, access, fields, queries }: Decision): Collection {
  const { filter, sort, search } = queries
  return {
    name,
    prefix,
    access,
    fields: (z): Shape =>
      Object.fromEntries(
        fields.map((field) => [field.name, withAbsence(z, field.absence, schemaOf(z, field.type))]),
      ),
    ...(filter.length === 0 ? {} : { filter }),
    ...(sort.length === 0 ? {} : { sort }),
    ...(search.length === 0 ? {} : { search }),
  }
}

function withAbsence(z: Zod, absence: Absence, schema: ZodMiniType): ZodMiniType {
  return absence === 'never' ? schema : z[absence](schema)
}

function schemaOf(z: Zod, type: Type): ZodMiniType {
  switch (type.is) {
    case 'enum':
      return z.enum([...type.words])
    case 'decimal':
      return z.decimal(type.digits)
    case 'array':
      return z.array(schemaOf(z, type.of))
    case 'object':
      return z.object(
        Object.fromEntries(
          type.members.map((member) => [
            member.name,
            withAbsence(z, member.absence, schemaOf(z, member.type)),
          ]),
        ),
      )
    default:
      return z[type.is]()
  }
}

/** How the importer reads the columns of the file. */
export function columnsOf({ identity, fields }: Decision): ColumnOptions {
  const map = new Map(
    fields.flatMap(({ column, name }): [string, string][] =>
      column === name ? [] : [[column, name]],
    ),
  )
  const empty = new Map(
    fields.flatMap((field): [string, ReadonlySet<string>][] =>
      field.empty.length === 0 ? [] : [[field.column, new Set(field.empty)]],
    ),
  )
  const ids = {
    column: (column: string) => ({ id: column }),
    text: (column: string) => ({ idFrom: column }),
  }
  const found = identity.by === 'row' ? { isNumbered: true } : ids[identity.by](identity.column)
  return { ...PLAIN_COLUMNS, map, empty, ...found }
}
