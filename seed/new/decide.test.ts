import { expect, test } from '@playwright/test'
import { csvRows } from '../csv.ts'
import { jsonRows } from '../json.ts'
import type { Rows } from '../rows.ts'
import { type Asked, type Decision, decide } from './decide.ts'
import { fieldNames, singular } from './names.ts'
import type { DecidedField, Type } from './types.ts'

const asked: Asked = {
  name: 'things',
  prefix: 'thing:',
  id: undefined,
  isPublic: false,
  isOfTexts: true,
}

function ofCsv(text: string, more: Partial<Asked> = {}): Decision {
  return decide(() => csvRows(text), { ...asked, ...more })
}

function ofJson(values: readonly object[], more: Partial<Asked> = {}): Decision {
  const rows: Rows = () => jsonRows(JSON.stringify(values))
  return decide(rows, { ...asked, isOfTexts: false, ...more })
}

/** A column of CSV beside a number that tells the rows apart. */
function column(values: readonly string[], name = 'it'): DecidedField {
  const lines = values.map((value, index) => `${index},"${value}"`)
  return field(ofCsv(`id,${name}\n${lines.join('\n')}\n`))
}

function member(values: readonly unknown[]): DecidedField {
  return field(
    ofJson(values.map((value, id) => (value === undefined ? { id } : { id, it: value }))),
  )
}

function field({ fields }: Decision): DecidedField {
  const found = fields.at(-1)
  if (found === undefined) throw new TypeError('no field')
  return found
}

const many = (words: readonly string[], times: number): string[] =>
  Array.from({ length: words.length * times }, (_, index) => words[index % words.length] ?? '')

for (const [what, values, type] of [
  ['whole numbers', ['1', '-20', '0'], { is: 'int' }],
  ['numbers', ['1.5', '2', '.078', '+3', '1e3'], { is: 'number' }],
  ['digits with zeros in front', ['007', '012'], { is: 'string' }],
  ['numbers that would be rounded', ['0.123456789012345678', '1.1'], { is: 'decimal', digits: 18 }],
  ['digits beyond what is safe', ['9007199254740993', '1'], { is: 'string' }],
  ['truth values', ['TRUE', 'false'], { is: 'boolean' }],
  ['dates', ['2024-02-29', '1999-12-31'], { is: 'date' }],
  ['a date that does not exist', ['2023-02-29', '1999-12-31'], { is: 'string' }],
  ['times', ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.5+02:00'], { is: 'datetime' }],
  ['times without a zone', ['2024-02-29T12:00:00'], { is: 'string' }],
  ['addresses of pages', ['https://example.com/a', 'http://example.com'], { is: 'url' }],
  ['other addresses', ['https://example.com', 'ftp://example.com'], { is: 'string' }],
  ['mail addresses', ['a@example.com', 'b.c@example.org'], { is: 'email' }],
  ['words', many(['no', 'yes'], 10), { is: 'enum', words: ['no', 'yes'] }],
  ['words of few rows', many(['no', 'yes'], 9), { is: 'string' }],
  ['words of which one occurs once', [...many(['no', 'yes'], 10), 'maybe'], { is: 'string' }],
] as const satisfies readonly (readonly [string, readonly string[], Type])[]) {
  test(`a column of ${what} is of the type ${type.is}`, () => {
    expect(column(values).type).toEqual(type)
  })
}

test('names tell codes and money from numbers', () => {
  expect(column(['12345', '98765'], 'zip').type).toEqual({ is: 'string' })
  expect(column(['12345', '98765'], 'size').type).toEqual({ is: 'int' })
  expect(column(['9.90', '12.00'], 'price').type).toEqual({ is: 'decimal', digits: 2 })
  expect(column(['9.90', '12.5'], 'price').type).toEqual({ is: 'number' })
  expect(column(['9.90', '12.00'], 'size').type).toEqual({ is: 'number' })
})

test('words for what is not known stand for no value where the others have a type', () => {
  expect(column(['1', 'NA', '3', '-'])).toMatchObject({
    type: { is: 'int' },
    absence: 'optional',
    empty: ['NA', '-'],
  })
  const words = [...many(['m', 'f'], 50), '.']
  expect(column(words)).toMatchObject({ type: { is: 'enum', words: ['f', 'm'] }, empty: ['.'] })
  // Most rows have it: it is one of the words.
  const damage = [...many(['none'], 50), ...many(['some', 'much'], 10)]
  expect(column(damage)).toMatchObject({
    type: { is: 'enum', words: ['much', 'none', 'some'] },
    empty: [],
  })
  // A country, or an initial.
  expect(column(['NA', 'DE', 'FR'])).toMatchObject({ type: { is: 'string' }, empty: [] })
})

for (const [what, values, type, absence] of [
  ['numbers', [1, 2.5], { is: 'number' }, 'never'],
  ['digits in quotes', ['1', '20'], { is: 'string' }, 'never'],
  ['coordinates in quotes', ['1.5', '-20.25'], { is: 'number' }, 'never'],
  ['null at times', [1, null], { is: 'int' }, 'nullable'],
  ['what is left out at times', [1, undefined], { is: 'int' }, 'optional'],
  ['what is null or left out', [1, null, undefined], { is: 'int' }, 'optional'],
  ['nothing at all', [null, null], { is: 'string' }, 'optional'],
  ['texts and numbers', ['a', 1], { is: 'string' }, 'never'],
  ['truth values and texts', ['a', true], { is: 'json' }, 'never'],
  ['lists', [['a'], []], { is: 'array', of: { is: 'string' } }, 'never'],
  [
    'lists of lists',
    [[[1]], [[2, 3]]],
    { is: 'array', of: { is: 'array', of: { is: 'int' } } },
    'never',
  ],
  ['lists of this and that', [['a', 1]], { is: 'array', of: { is: 'json' } }, 'never'],
  ['lists with null', [['a', null]], { is: 'json' }, 'never'],
  ['empty lists', [[], []], { is: 'json' }, 'never'],
  ['objects whose members differ', [{ a: 1 }, { b: 1 }, { c: 1 }], { is: 'json' }, 'never'],
  ['long JSON', [['x'.repeat(17_000)]], { is: 'json' }, 'never'],
] as const satisfies readonly (readonly [string, readonly unknown[], Type, string])[]) {
  test(`a member with ${what} is of the type ${type.is}, ${absence} missing`, () => {
    expect(member(values)).toMatchObject({ type, absence })
  })
}

test('objects are described, as far as their members are the same', () => {
  const { type } = member([
    { x: 1, tags: ['a'], at: null, deep: { y: true } },
    { x: 2.5, tags: [], at: 'b', deep: { y: false } },
    { x: 3, tags: [], at: 'c', deep: { y: false }, 'a note': 'd' },
    { x: 3, tags: [], at: 'c', deep: { y: false }, 'a note': 'e' },
  ])
  expect(type).toEqual({
    is: 'object',
    members: [
      { name: 'x', type: { is: 'number' }, absence: 'never' },
      { name: 'tags', type: { is: 'array', of: { is: 'string' } }, absence: 'never' },
      { name: 'at', type: { is: 'string' }, absence: 'nullable' },
      {
        name: 'deep',
        type: {
          is: 'object',
          members: [{ name: 'y', type: { is: 'boolean' }, absence: 'never' }],
        },
        absence: 'never',
      },
      { name: 'a note', type: { is: 'string' }, absence: 'optional' },
    ],
  })
})

for (const [what, csv, identity] of [
  ['a column id', 'size,id\n1,a\n2,b\n', { by: 'column', column: 'id' }],
  ['the code of the thing', 'name,thing_code\nA,x\nB,y\n', { by: 'column', column: 'thing_code' }],
  ['the first column', 'key word,other\na,x\nb,y\n', { by: 'column', column: 'key word' }],
  ['a name', 'size,name\n1,James I\n2,James II\n', { by: 'column', column: 'name' }],
  ['no number that tells rows apart by chance', 'size,kind\n3,a\n1,a\n', { by: 'row' }],
  ['no first name', 'first_name,kind\nAnn,a\nBo,a\n', { by: 'row' }],
  ['the text of a name that repeats', 'name,size\nA,1\nB,1\nA,2\n', { by: 'text', column: 'name' }],
  ['the text of a path', 'path,size\na/b,1\nb/c,1\n', { by: 'text', column: 'path' }],
  ['no name that mostly repeats', 'name,size\nA,1\nA,1\nA,2\n', { by: 'row' }],
  ['no column id that repeats', 'id,kind\n1,a\n1,a\n', { by: 'row' }],
] as const) {
  test(`ids come of ${what}`, () => {
    expect(ofCsv(csv).identity).toMatchObject(identity)
  })
}

test('the column that was asked for is the id, and one that is not there is named', () => {
  const csv = 'id,name\n1,A\n2,B\n'
  expect(ofCsv(csv, { id: 'name' })).toMatchObject({
    identity: { by: 'column', column: 'name' },
    fields: [{ name: 'thingId', column: 'id' }],
  })
  expect(() => ofCsv(csv, { id: 'code' })).toThrow('has no column code. Its columns: id, name')
})

test('a column that is alone is the id and a field: an item is more than its id', () => {
  const { identity, fields } = ofCsv('name\nAlpha\nBeta\n')
  expect(identity).toMatchObject({ by: 'column', column: 'name' })
  expect(fields.map(({ name }) => name)).toEqual(['name'])
  expect(ofCsv('id\na\nb\n').fields).toMatchObject([{ name: 'thingId', column: 'id' }])
  expect(() => ofJson([{}, {}])).toThrow('has no columns')
})

test('a date that is the id is a field, too: an id has no ranges', () => {
  const { fields } = ofCsv('date,rain\n2024-01-01,1\n2024-01-02,0\n')
  expect(fields.map(({ name }) => name)).toEqual(['date', 'rain'])
})

test('names of columns become names of fields, each its own', () => {
  const columns = ['temp_max', 'Beak Length (mm)', 'Größe', 'ID', 'MPAA Rating', 'ProductID']
  const more = ['1994', '2nd', '名前', 'size', 'Size', 'constructor', '__proto__', 'a-b', '_x']
  expect([...fieldNames([...columns, ...more], new Map([['id', 'thingId']])).values()]).toEqual([
    'temp_max',
    'beakLengthMm',
    'grosse',
    'thingId',
    'mpaaRating',
    'productId',
    'year1994',
    'value2nd',
    'column9',
    'size',
    'size2',
    'constructorValue',
    'proto',
    'aB',
    'x',
  ])
})

test('one of several has its own word', () => {
  const words = ['cities', 'boxes', 'addresses', 'days', 'films', 'status', 'species', 'glass']
  expect(words.map(singular)).toEqual([
    'city',
    'box',
    'address',
    'day',
    'film',
    'status',
    'species',
    'glass',
  ])
})

test('what nobody can ask for is no filter, and no filter is beyond eight', () => {
  const rows = Array.from({ length: 30 }, (_, row) => ({
    limit: row % 3,
    sort: row % 2 === 0 ? 'a' : 'b',
    ...Object.fromEntries(Array.from({ length: 12 }, (__, at) => [`n${at}`, row * at])),
    note: `note ${row} of ${'many words '.repeat(20)}`,
  }))
  const { filter, sort, search } = ofJson(rows).queries
  expect(filter).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'])
  expect(sort).toHaveLength(6)
  expect(search).toEqual(['note'])
})
