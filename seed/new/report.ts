import type { NamedDatabase } from '../../local/operator-store.ts'
import type { Encoding } from '../decode.ts'
import { named } from '../values.ts'
import type { Decision } from './decide.ts'
import { counted, type DecidedField, type Type } from './types.ts'

/** What was decided and why, for the screen. */
export function decisionLines(
  { rows, identity, fields, queries, access }: Decision,
  { file, format, encoding }: { file: string; format: string; encoding: Encoding },
): string[] {
  const by = {
    column: () => ['column' in identity ? named(identity.column) : '', identity.why],
    text: () => [`made of ${'column' in identity ? named(identity.column) : ''}`, identity.why],
    row: () => ['the number of the row', identity.why],
  }[identity.by]()
  const readers =
    access.list === 'public' ? 'everybody reads' : 'users read; --public: everybody does'
  const table: (readonly [string, string, string])[] = [
    ['id', by[0] ?? '', by[1] ?? ''],
    ...fields.map((field) => [field.name, typeName(field), whyOf(field)] as const),
  ]
  const widths = [0, 1].map((at) =>
    Math.min(40, Math.max(...table.map((row) => row[at]?.length ?? 0))),
  )
  const lines = table.map(([name, what, why]) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${what.padEnd(widths[1] ?? 0)}  ${why}`.trimEnd(),
  )
  return [
    `${file}: ${format} in ${encoding}, ${counted(rows, 'row', 'rows')}.`,
    ...lines,
    `filter  ${queries.filter.join(', ') || 'none'}: what rows share, and what is asked for by ranges`,
    `sort    ${queries.sort.join(', ') || 'by the id alone'}`,
    ...(queries.search.length === 0 ? [] : [`search  ${queries.search.join(', ')}`]),
    `access  ${readers}, editors change`,
  ]
}

function whyOf({ column, name, why }: DecidedField): string {
  return column === name ? why : `${named(column)}: ${why}`
}

function typeName({ type, absence }: DecidedField): string {
  const word = nameOf(type)
  return absence === 'never' ? word : `${word}, ${absence}`
}

function nameOf(type: Type): string {
  switch (type.is) {
    case 'enum':
      return `enum of ${type.words.length}`
    case 'array':
      return `list of ${nameOf(type.of)}`
    case 'decimal':
      return `decimal(${type.digits})`
    default:
      return type.is
  }
}

/** What to do next: lines that work as they are. */
export function trialLines(
  { name, access, queries }: Decision,
  { local, store, name: storeName }: NamedDatabase,
  again: string,
): string[] {
  const origin = `http://localhost:${process.env['PORT'] || '3000'}`
  const url = `'${origin}/api/${name}?${queries.sample}'`
  const isServed = store === undefined && /`npm run (up|dev)`/.test(storeName)
  const start = isServed
    ? 'Start `npm run up` anew (`npm run dev` has it already), then:'
    : 'Now `npm run up`, then, in another terminal:'
  const read =
    access.list === 'public'
      ? [`  curl -s ${url}`]
      : [
          ...signInLines(origin, local && (store !== undefined || isServed)),
          `  curl -s ${url} -H "Authorization: Bearer $JWT"`,
        ]
  return [
    start,
    ...read,
    `It is in ${origin}/api/openapi.json, with its types. A newer file is loaded by:`,
    `  ${again}`,
  ]
}

function signInLines(origin: string, hasDemoAccount: boolean): string[] {
  const [user, password] = hasDemoAccount
    ? ['me@home.org', 'password']
    : ['you@example.com', '<its password>']
  const body = JSON.stringify({ user, password })
  return [
    ...(hasDemoAccount
      ? []
      : ['  npm run users -- add you@example.com      # prints its password']),
    `  JWT=$(curl -s ${origin}/api/auth/signin -H 'Content-Type: application/json' -d '${body}' | sed 's/.*"JWT":"\\([^"]*\\)".*/\\1/')`,
  ]
}

/** The words of `npm run seed` that load such a file as this command does. */
export function seedCommand(
  { name, identity, fields }: Decision,
  path: string,
  encoding: Encoding,
): string {
  const ids = {
    column: () =>
      'column' in identity && identity.column !== 'id' ? ['--id', identity.column] : [],
    text: () => ['--id-from', 'column' in identity ? identity.column : ''],
    row: () => ['--id-of-row'],
  }[identity.by]()
  const maps = fields.flatMap(({ column, name: field }) =>
    column === field ? [] : ['--map', `${column}=${field}`],
  )
  const empties = fields.flatMap(({ column, empty }) =>
    empty.flatMap((word) => ['--empty', `${column}=${word}`]),
  )
  const encodings = encoding === 'utf-8' ? [] : ['--encoding', encoding]
  const words = [path, '--collection', name, ...ids, ...maps, ...empties, ...encodings]
  return `npm run seed -- ${words.map(shellWord).join(' ')}`
}

function shellWord(word: string): string {
  return /^[\w./=:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
