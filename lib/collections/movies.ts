import { defineCollection } from './define.ts'

/** Films, by title. Users read them; the director of many is unknown. */
export const movies = defineCollection({
  name: 'movies',
  prefix: 'movie:',
  access: { list: 'user', get: 'user', create: 'editor', update: 'editor', delete: 'editor' },
  fields: (z) => ({
    director: z.optional(z.string()),
    year: z.optional(z.int()),
  }),
  filter: ['director', 'year'],
  sort: ['year', 'director', '-year,director'],
  search: ['id', 'director'],
})
