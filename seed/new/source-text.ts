import type { Decision } from './decide.ts'

import { type Absence, counted, type DecidedField, type Type } from './types.ts'

/** Lines are no longer than the formatter leaves them. */
const WIDTH = 100

/**
 * The text of a collection's file, as the formatter would leave it.
 *
 * @param file The name of the data's file.
 */
export function sourceText(decision: Decision, file: string): string {
  const { name, prefix, access, fields, queries } = decision
  return `import { defineCollection } from './define.ts'

${docOf(decision, file)}
export const ${name} = defineCollection({
  name: ${quote(name)},
  prefix: ${quote(prefix)},
  access: { ${Object.entries(access)
    .map(([action, who]) => `${action}: ${quote(who)}`)
    .join(', ')} },
  fields: (z) => ({
${fields.map(fieldText).join('')}  }),
${listText('filter', queries.filter)}${listText('sort', queries.sort)}${listText('search', queries.search)}})
`
}

function docOf({ name, rows, identity, access }: Decision, file: string): string {
  const what = `${capital(spaced(name))}: ${counted(rows, 'row', 'rows')} of ${shortened(file)}`
  const by = {
    column: () => `by ${shortened('column' in identity ? identity.column : '')}`,
    text: () => `by ids that are made of ${shortened('column' in identity ? identity.column : '')}`,
    row: () => 'by the number of their row',
  }[identity.by]()
  const readers = access.list === 'public' ? 'Everybody reads them' : 'Users read them'
  const about = `${what}, ${by}.`
  const who = `${readers}, editors change them.`
  const line = `/** ${about} ${who} */`
  return line.length <= WIDTH ? line : `/**\n * ${about}\n * ${who}\n */`
}

/** What is in a comment of a source. */
function shortened(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}*/\\]+/gu, ' ')
    .trim()
    .slice(0, 60)
}

function fieldText({ name, type, absence, comment }: DecidedField): string {
  const above = comment === undefined ? '' : `    // ${comment}\n`
  return `${above}${printed(`    ${name}: `, expression(type, absence), 4)}\n`
}

/** A text of the source: a part on each line where it does not fit on one. */
type Expression =
  | string
  | { open: string; parts: readonly (string | Named)[]; close: string }
  /** A call of one that is a call itself. */
  | { around: string; of: Expression }

interface Named {
  key: string
  value: Expression
}

function expression(type: Type, absence: Absence): Expression {
  const inner = described(type)
  return absence === 'never' ? inner : { around: `z.${absence}`, of: inner }
}

function described(type: Type): Expression {
  switch (type.is) {
    case 'enum':
      return { open: 'z.enum([', parts: type.words.map(quote), close: '])' }
    case 'decimal':
      return `z.decimal(${type.digits})`
    case 'array':
      return { around: 'z.array', of: described(type.of) }
    case 'object':
      return {
        open: 'z.object({',
        parts: type.members.map(({ name, type: of, absence }) => ({
          key: isWord(name) ? name : quote(name),
          value: expression(of, absence),
        })),
        close: '})',
      }
    default:
      return `z.${type.is}()`
  }
}

/** As the formatter prints it. A member of an object has a line of its own. */
function printed(before: string, value: Expression, indent: number): string {
  const flat = flatText(value)
  if (flat !== undefined && `${before}${flat},`.length <= WIDTH) return `${before}${flat},`
  if (typeof value === 'string') return `${before}${value},`
  const space = ' '.repeat(indent + 2)
  const end = ' '.repeat(indent)
  if ('around' in value) {
    return `${before}${value.around}(\n${printed(space, value.of, indent + 2)}\n${end}),`
  }
  const lines = value.parts.map((part) =>
    typeof part === 'string'
      ? `${space}${part},`
      : printed(`${space}${part.key}: `, part.value, indent + 2),
  )
  return `${before}${value.open}\n${lines.join('\n')}\n${end}${value.close},`
}

/** On one line; undefined for what is not. */
function flatText(value: Expression): string | undefined {
  if (typeof value === 'string') return value
  if ('around' in value) {
    const of = flatText(value.of)
    return of === undefined ? undefined : `${value.around}(${of})`
  }
  const { open, parts, close } = value
  const words = parts.filter((part) => typeof part === 'string')
  return words.length < parts.length ? undefined : `${open}${words.join(', ')}${close}`
}

function listText(name: string, words: readonly string[]): string {
  if (words.length === 0) return ''
  return `${printed(`  ${name}: `, { open: '[', parts: words.map(quote), close: ']' }, 2)}\n`
}

/** A text in single quotes, or in double ones where that needs fewer escapes. */
export function quote(text: string): string {
  const json = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  const [single, double] = [json.split("'").length, json.split('"').length]
  return single > double ? `"${json.replaceAll('"', '\\"')}"` : `'${json.replaceAll("'", "\\'")}'`
}

function isWord(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name)
}

function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z\d])/g, '$1 $2').toLowerCase()
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
