import { printSchema } from 'graphql'
import { fail, ok } from '../contract/problems.ts'
import { schema } from '../graphql/schema.ts'
import { once } from '../once.ts'
import { defineOperation } from '../operation.ts'

/** The schema as text (SDL). */
export const graphSchema = defineOperation('graphSchema', {
  summary: 'Read the schema of GraphQL',
  problems: ['not-found'],
  answer: 'GraphSchema',
  run: async (_, { settings }: { settings: { introspection: boolean } }) =>
    settings.introspection ? ok(sdl()) : fail('not-found', 'introspection is off'),
})

const sdl = once(() => `${printSchema(schema())}\n`)
