import { defineCollection } from './define.ts'

/** Films, by title. Users read them; the director of many is unknown. */
export const movies = defineCollection({
  prefix: 'movie:',
  access: { list: 'user', get: 'user' },
  fields: (z) => ({
    director: z.optional(z.string()),
    year: z.optional(z.int()),
  }),
})
