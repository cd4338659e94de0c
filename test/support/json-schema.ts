/** A schema of the document, resolved or not. */
export type Schema = Record<string, unknown>

const ANNOTATIONS = ['description', 'title', 'examples', 'default']
const FORMATS: Record<string, RegExp> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  uri: /^[a-z][a-z+.-]*:/i,
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  email: /^[^@\s]+@[^@\s]+$/,
}

/**
 * The part of JSON Schema (2020-12) that the published document uses, by hand: a keyword that it does
 * not know is an error, so that nothing passes unread.
 */
export class Schemas {
  readonly #document: unknown

  constructor(document: unknown) {
    this.#document = document
  }

  /** Follows a reference. */
  resolve(schema: unknown): Schema {
    const { $ref } = Object(schema)
    if (typeof $ref !== 'string') return Object(schema)
    const steps = $ref.replace(/^#\//, '').split('/')
    return this.resolve(steps.reduce((found, step) => Object(found)[step], this.#document))
  }

  /** @returns Where and why a value does not fit; empty when it does. */
  faults(given: unknown, value: unknown, at = ''): string[] {
    const schema = this.resolve(given)
    return Object.entries(schema).flatMap(([keyword, rule]) => {
      const inner = this.#innerFaults(schema, keyword, rule, value, at)
      if (inner !== undefined) return inner
      return holds(keyword, rule, value) ? [] : [`${at || '/'}: ${keyword} ${JSON.stringify(rule)}`]
    })
  }

  #innerFaults(
    schema: Schema,
    keyword: string,
    rule: unknown,
    value: unknown,
    at: string,
  ): string[] | undefined {
    const members = isObject(value) ? Object.entries(value) : []
    switch (keyword) {
      case 'properties':
        return members.flatMap(([name, each]) =>
          Object.hasOwn(Object(rule), name)
            ? this.faults(Object(rule)[name], each, `${at}/${name}`)
            : [],
        )
      case 'additionalProperties':
        return members.flatMap(([name, each]) => {
          if (Object.hasOwn(Object(schema['properties']), name)) return []
          return rule === false
            ? [`${at}/${name}: not declared`]
            : this.faults(rule, each, `${at}/${name}`)
        })
      case 'dependentSchemas':
        return Object.entries(Object(rule)).flatMap(([name, each]) =>
          members.some(([own]) => own === name) ? this.faults(each, value, at) : [],
        )
      case 'items':
        return Array.isArray(value)
          ? value.flatMap((each, index) => this.faults(rule, each, `${at}/${index}`))
          : []
      case 'oneOf': {
        const fitting = (rule as unknown[]).filter((each) => this.faults(each, value).length === 0)
        return fitting.length === 1 ? [] : [`${at}: ${fitting.length} of oneOf`]
      }
      case 'not':
        return this.faults(rule, value).length === 0 ? [`${at}: not ${JSON.stringify(rule)}`] : []
      default:
        return undefined
    }
  }

  /** Values that fit: the examples first, then the bounds and what is odd. */
  samples(given: unknown): unknown[] {
    const schema = this.resolve(given)
    const { oneOf, ...base } = schema
    if (Array.isArray(oneOf)) {
      // What stands beside it holds for each.
      const all = oneOf.flatMap((each) => this.samples({ ...base, ...Object(this.resolve(each)) }))
      return all.filter((each) => this.faults(schema, each).length === 0)
    }
    const { enum: words, type, examples = [] } = schema
    const candidates = Array.isArray(words)
      ? words
      : [
          ...(examples as unknown[]),
          ...[type].flat().flatMap((each) => this.#candidates(schema, each)),
        ]
    return candidates.filter((each) => this.faults(schema, each).length === 0)
  }

  #candidates(schema: Schema, type: unknown): unknown[] {
    const bound = (name: string, absent: number): number => Number(schema[name] ?? absent)
    switch (type) {
      case 'string':
        return textsOf(bound('minLength', 0), bound('maxLength', 100))
      case 'integer':
      case 'number': {
        const [low, high] = [bound('minimum', -1e300), bound('maximum', 1e300)]
        return [low, high, low + 1, high - 1, 0, 1, -1, 7, 1.5, 1e-7]
      }
      case 'boolean':
        return [true, false]
      case 'null':
        return [null]
      case 'array': {
        const items = this.samples(schema['items'])
        const most = Array.from(
          { length: bound('maxItems', 3) },
          (_, index) => items[index % items.length],
        )
        return [...items.map((each) => [each]), items.slice(0, 2), most, []]
      }
      default:
        return this.#objects(schema)
    }
  }

  /** What must be there; all there can be; and each value of each member, beside what must be. */
  #objects(schema: Schema): Schema[] {
    const members = Object.entries(Object(schema['properties'])).map(
      ([name, each]) => [name, this.samples(each)] as const,
    )
    for (const [name, values] of members) {
      if (values.length === 0) throw new Error(`no value of ${name} fits ${JSON.stringify(schema)}`)
    }
    const required = (schema['required'] ?? []) as string[]
    const first = members.map(([name, [value]]) => [name, value] as const)
    const least = Object.fromEntries(first.filter(([name]) => required.includes(name)))
    return [
      Object.fromEntries(first),
      least,
      ...members.flatMap(([name, values]) => values.map((value) => ({ ...least, [name]: value }))),
    ]
  }
}

function holds(keyword: string, rule: unknown, value: unknown): boolean {
  const length = typeof value === 'string' ? [...value].length : undefined
  switch (keyword) {
    case 'type':
      return [rule].flat().some((type) => type === typeOf(value) || isWhole(type, value))
    case 'enum':
      return (rule as unknown[]).includes(value)
    case 'pattern':
      return typeof value !== 'string' || new RegExp(String(rule), 'u').test(value)
    case 'format':
      return typeof value !== 'string' || FORMATS[String(rule)]?.test(value) !== false
    case 'minLength':
      return length === undefined || length >= Number(rule)
    case 'maxLength':
      return length === undefined || length <= Number(rule)
    case 'minimum':
      return typeof value !== 'number' || value >= Number(rule)
    case 'maximum':
      return typeof value !== 'number' || value <= Number(rule)
    case 'minItems':
      return !Array.isArray(value) || value.length >= Number(rule)
    case 'maxItems':
      return !Array.isArray(value) || value.length <= Number(rule)
    case 'minProperties':
      return !isObject(value) || Object.keys(value).length >= Number(rule)
    case 'required':
      return !isObject(value) || (rule as string[]).every((name) => Object.hasOwn(value, name))
    default:
      if (ANNOTATIONS.includes(keyword)) return true
      throw new Error(`no such keyword: ${keyword}`)
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function isWhole(type: unknown, value: unknown): boolean {
  return type === 'integer' && Number.isInteger(value)
}

function isObject(value: unknown): value is object {
  return typeOf(value) === 'object'
}

const ODD = ['*', '"', "'", '\\', '%', '&a=b#c?d+e', ' ', 'Größe 日本', '__proto__', '-', '0', '{}']
const LETTERS = ['Zq7', 'é', '\u{1F600}']

function textsOf(shortest: number, longest: number): string[] {
  const lengths = [...new Set([shortest, 18, longest])]
  const bounds = lengths.flatMap((length) =>
    LETTERS.map((letters) => [...letters.repeat(length)].slice(0, length).join('')),
  )
  return [...new Set([...bounds, ...ODD, '\u0001', ''])]
}
