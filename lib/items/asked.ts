import type { RawQuery } from './query.ts'

/**
 * The query of a list as its other faces ask it, with `filter: {year: {gte: 1960}}` for `year[gte]=1960`.
 * Whether the collection takes it is judged where every query is.
 */
export function rawQueryOf(asked: Readonly<Record<string, unknown>>): RawQuery {
  const parameters: [name: string, value: string | string[]][] = []
  const put = (name: string, value: unknown): void => {
    if (value !== undefined && value !== null) parameters.push([name, sent(value)])
  }
  for (const [name, value] of Object.entries(asked)) {
    if (name === 'fields' || name === 'include')
      put(name, Array.isArray(value) ? value.join() : value)
    else if (name !== 'filter' || !isRecord(value)) put(name, value)
    else {
      for (const [field, wanted] of Object.entries(value)) {
        if (!isRecord(wanted)) put(field, wanted)
        else {
          for (const [comparison, text] of Object.entries(wanted)) {
            put(comparison === 'eq' ? field : `${field}[${comparison}]`, text)
          }
        }
      }
    }
  }
  return Object.fromEntries(parameters)
}

function sent(value: unknown): string | string[] {
  if (Array.isArray(value)) return value.map(text)
  return text(value)
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Whether a value is an object as JSON has them, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
