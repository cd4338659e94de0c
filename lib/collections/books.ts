import { defineCollection } from './define.ts'

/** Books. Users list them; everybody may read one. */
export const books = defineCollection({
  name: 'books',
  prefix: 'book:',
  access: { list: 'user', get: 'public', create: 'editor', update: 'editor', delete: 'editor' },
  fields: (z) => ({
    title: z.string(),
    author: z.string(),
    year: z.optional(z.int()),
  }),
  filter: ['title', 'author', 'year'],
  sort: ['title', 'author', 'year', '-year,title'],
  search: ['title', 'author'],
})
