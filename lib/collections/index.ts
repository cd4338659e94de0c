// The registry: every collection there is, a line each.
export { books } from './books.ts'
export { movies } from './movies.ts'
export { reviews } from './reviews.ts'
