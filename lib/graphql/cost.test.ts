import { expect, test } from '@playwright/test'
import { execute, getOperationAST, parse } from 'graphql'
import { ok } from '../contract/problems.ts'
import type { Act, ActingCall } from '../operation.ts'
import { estimate, isTooLong } from './cost.ts'
import { Gathering } from './gathering.ts'
import { Context } from './resolve.ts'
import { schema } from './schema.ts'

function estimated(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query)
  const operation = getOperationAST(document)
  if (!operation) throw new TypeError('no operation')
  return estimate(schema(), document, operation, variables)
}

/** Runs a query against a store in which every list is full; @returns how often it was asked. */
async function readsOf(query: string): Promise<number> {
  let reads = 0
  const act: ActingCall<unknown>['act'] = async ({ id }, { input }: Act) => {
    reads++
    const item = { id: `i${reads}`, movie: `m${reads}`, rating: 1, text: '', title: '', author: '' }
    if (id !== 'listItems') return ok(item)
    const limit = Number(Object(input).limit ?? 50)
    return ok({ data: Array.from({ length: limit }, () => item), nextCursor: null })
  }
  const nothing = { pipeline: () => ({ exec: async () => [] }) }
  const gathering = new Gathering(
    { auth: nothing, data: nothing } as never,
    {} as never,
    {} as never,
  )
  const context = new Context(act, gathering)
  const result = await execute({
    schema: schema(),
    document: parse(query),
    contextValue: { context },
  })
  expect(result.errors ?? []).toEqual([])
  return reads
}

for (const [what, query, cost] of [
  ['an item', '{ movie(id: "a") { id } }', 1],
  ['the same item twice', '{ a: movie(id: "a") { id } b: movie(id: "a") { id } }', 2],
  ['a list', '{ movies { data { id year director } nextCursor } }', 1],
  ['a list in a list', '{ movies(limit: 10) { data { reviews(limit: 3) { data { id } } } } }', 11],
  ['the limit that is not said', '{ movies { data { reviews { data { id } } } } }', 51],
  ['a reference in a list', '{ reviews(limit: 7) { data { movie { id } } } }', 8],
  ['a change', 'mutation { deleteMovie(id: "a") }', 1],
  ['what is left out by a directive', '{ movie(id: "a") @include(if: false) { id } }', 1],
  ['a fragment', '{ ...F } fragment F on Query { movie(id: "a") { id } }', 1],
  ['a fragment twice', '{ ...F ... { ...F } } fragment F on Query { movie(id: "a") { id } }', 2],
  [
    'a fragment named __schema',
    '{ ...__schema } fragment __schema on Query { movie(id: "a") { id } }',
    1,
  ],
  ['an alias named __schema', '{ __schema: movie(id: "a") { id } }', 1],
  ['what the schema says of itself', '{ __schema { types { name } } __typename }', 0],
  ['a limit that is none', '{ movies(limit: 0) { data { reviews { data { id } } } } }', 101],
  [
    'a limit past the largest',
    '{ movies(limit: 9) { data { reviews(limit: 1e9) { data { movie { id } } } } } }',
    910,
  ],
] as const) {
  test(`${what} costs ${cost}`, () => {
    expect(estimated(query)).toEqual({ cost })
  })
}

test('a limit is read of the variable, of its default, and else is the largest', () => {
  const query = (type: string) =>
    `query($l: ${type}) { movies(limit: $l) { data { reviews(limit: 1) { data { id } } } } }`
  expect(estimated(query('Int'), { l: 4 }).cost).toBe(5)
  expect(estimated(query('Int = 6')).cost).toBe(7)
  expect(estimated(query('Int')).cost).toBe(51)
  expect(estimated(query('Int'), { l: null }).cost).toBe(51)
  expect(estimated(query('Int'), { l: '4' }).cost).toBe(101)
  expect(estimated(query('Int'), { l: 1e9 }).cost).toBe(101)
})

const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ')

test('a thousand is not too much, one more is', () => {
  const items = (count: number) => `{ ${many(count, (n) => `a${n}: movie(id: "${n}") { id }`)} }`
  expect(estimated(items(1_000))).toEqual({ cost: 1_000 })
  expect(estimated(items(1_001))).toMatchObject({ refused: expect.stringContaining('1000') })
})

test('eight fields deep is not too deep, nine is; what the schema says of itself is another depth', () => {
  const leaf = '{ id }'
  const eight = `{ movies(limit: 1) { data { reviews(limit: 1) { data { movie { reviews(limit: 1) { data ${leaf} } } } } } } }`
  const nine = eight.replace(leaf, '{ movie { id } }')
  expect(estimated(eight)).toEqual({ cost: 4 })
  expect(estimated(nine)).toMatchObject({ refused: 'is deeper than 8 fields' })
  const ofType = `${'ofType { '.repeat(9)}name${' }'.repeat(9)}`
  expect(estimated(`{ __type(name: "Movie") { fields { type { ${ofType} } } } }`)).toEqual({
    cost: 0,
  })
})

for (const [what, query] of [
  ['one name very often', `{ ${'__typename '.repeat(2_000)} }`],
  ['aliases of nothing that is read', `{ ${many(5_000, (n) => `a${n}: __typename`)} }`],
  [
    'fragments that double',
    `{ ...F0 } ${many(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { __typename }`,
  ],
  [
    'one name very often in a fragment that nothing uses',
    `{ __typename } fragment F on Query { ${'__typename '.repeat(2_000)} }`,
  ],
  [
    'the same list with the same name in each',
    `{ ${`movies { ${'data { id } '.repeat(60)} } `.repeat(60)} }`,
  ],
  ['directives', `{ __typename ${'@include(if: true) '.repeat(4_100)} }`],
  [
    'lists that multiply',
    '{ movies(limit: 100) { data { reviews(limit: 100) { data { id movie { id } } } } } }',
  ],
] as const) {
  test(`${what}: refused`, () => {
    expect(isTooLong(query) || 'refused' in estimated(query)).toBe(true)
  })
}

test('a fragment within itself ends the count', () => {
  expect(
    estimated('{ ...A } fragment A on Query { __typename ...B } fragment B on Query { ...A }'),
  ).toEqual({ cost: 0 })
})

test('a very long document is not parsed, nor a very deep one', () => {
  const deep = (times: number) => `{ a(b: ${'['.repeat(times)}${']'.repeat(times)}) }`
  expect([isTooLong(deep(198)), isTooLong(deep(7_000))]).toEqual([false, true])
  expect(isTooLong(`{ ${'a '.repeat(20_000)}}`)).toBe(true)
  expect(isTooLong('{ a }')).toBe(false)
  expect(isTooLong('{ "')).toBe(false)
})

/** The same queries each time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

function randomQuery(random: (below: number) => number): string {
  let fragments = ''
  let names = 0
  const limit = () => (random(4) === 0 ? '' : `limit: ${1 + random(4)}`)
  const page = (of: 'Movie' | 'Review', depth: number): string =>
    `(${limit() || 'q: "a"'}) { data { ${item(of, depth)} } }`
  const fields = (of: 'Movie' | 'Review', depth: number): string => {
    const alias = `a${names++}: `
    if (depth <= 0 || random(3) === 0) return `${alias}id`
    return of === 'Movie'
      ? `${alias}reviews${page('Review', depth - 1)}`
      : `${alias}movie { ${item('Movie', depth - 1)} }`
  }
  const item = (of: 'Movie' | 'Review', depth: number): string => {
    const all = many(1 + random(2), () => fields(of, depth))
    if (random(3) > 0) return all
    const name = ['__schema', 'on_', 'F'][random(3)] + String(names++)
    fragments += ` fragment ${name} on ${of} { ${all} }`
    return `id ...${name} ... @include(if: true) { ...${name} }`
  }
  const root = () => {
    const alias = `r${names++}: `
    const at = random(3)
    if (at === 0) return `${alias}movie(id: "${random(3)}") { ${item('Movie', 2)} }`
    return at === 1 ? `${alias}movies${page('Movie', 2)}` : `${alias}reviews${page('Review', 2)}`
  }
  return `{ ${many(1 + random(3), root)} }${fragments}`
}

test('what is announced is never less than what is read', async () => {
  const trials = Number(process.env['TRIALS'] ?? 40)
  const random = randomOf(trials)
  let compared = 0
  for (let trial = 0; trial < trials; trial++) {
    const query = randomQuery(random)
    const told = estimated(query)
    if ('refused' in told) continue
    compared++
    expect(await readsOf(query), query).toBeLessThanOrEqual(told.cost)
  }
  expect(compared).toBeGreaterThan(trials / 4)
})
