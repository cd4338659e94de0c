import { defineCollection } from './define.ts'

/** What users think of films. Everybody reads them; only their author or an admin changes them. */
export const reviews = defineCollection({
  name: 'reviews',
  prefix: 'review:',
  access: { list: 'public', get: 'public', create: 'user', update: 'owner', delete: 'owner' },
  fields: (z) => ({
    movie: z.reference('movies'),
    rating: z.int().check(z.minimum(1), z.maximum(5)),
    text: z.string().check(z.maxLength(4_000)),
    owner: z.string(),
    createdAt: z.string(),
  }),
  stamps: ['owner', 'createdAt'],
  filter: ['movie', 'rating', 'owner'],
  sort: ['createdAt', 'rating', '-rating,createdAt'],
  search: ['movie'],
})
