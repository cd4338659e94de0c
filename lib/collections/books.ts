import { defineCollection } from './define.ts'

/** Books. Users list them; everybody may read one. */
export const books = defineCollection({
  prefix: 'book:',
  access: { list: 'user', get: 'public' },
  fields: (z) => ({
    title: z.string(),
    author: z.string(),
    year: z.optional(z.int()),
  }),
})
