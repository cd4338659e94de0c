import { expect, test } from '@playwright/test'
import { assertValidSchema, printSchema } from 'graphql'
import { type Collection, defineCollection } from '../collections/define.ts'
import { schemaOf } from './schema.ts'

const observations: Collection = defineCollection({
  name: 'observations',
  prefix: 'observation:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({
    filter: z.enum(['g', 'r']),
    page: z.enum(['left', 'right']),
    band: z.enum(['x', 'y']),
    anything: z.json(),
    place: z.object({ x: z.int() }),
    marks: z.array(z.nullable(z.string())),
    words: z.array(z.string()),
  }),
  filter: ['filter', 'page', 'band'],
})
const printed = (): string => printSchema(schemaOf([observations]))

test('words of a field are a type of their own, whatever the field is called', () => {
  assertValidSchema(schemaOf([observations]))
  for (const line of [
    'filter: ObservationFilterValue!',
    'page: ObservationPageValue!',
    'band: ObservationBand!',
  ])
    expect(printed()).toContain(line)
})

test('what may be null within a value is null here, and takes no list away', () => {
  for (const line of ['anything: JSON\n', 'place: JSON!', 'marks: [String]!', 'words: [String!]!'])
    expect(printed()).toContain(line)
})
