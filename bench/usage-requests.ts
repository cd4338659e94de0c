/** What is asked of the API in turn, and as what it counts. */
export interface Asked {
  /** Method and template, as usage names it. */
  operation: string
  by: 'session' | 'key' | 'nobody' | 'garbage'
  path: string
  body?: (index: number) => string
  /** It counts as several requests: only who has no limit sends it, since a client cannot tell how far it got. */
  isDear?: true
}

const query = (text: string, variables?: object) => () => JSON.stringify({ query: text, variables })
const tool = (name: string, given: object) => () =>
  JSON.stringify({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name, arguments: given },
  })
const message = (method: string) => () => JSON.stringify({ jsonrpc: '2.0', id: 1, method })

const REVIEW = { movie: 'Pulp Fiction', rating: 5, text: 'Again.' }
const LIST = '{ movies(limit: 2) { data { id year } } }'
const DEAR =
  '{ movies(limit: 100) { data { reviews(limit: 2) { data { id } } } } movie(id: "Alien") { id } }'
const TOO_DEAR = '{ movies(limit: 100) { data { reviews(limit: 100) { data { movie { id } } } } } }'

const GRAPH = { operation: 'POST /api/graphql', path: '/api/graphql' } as const
const TOOLS = { operation: 'POST /api/mcp', path: '/api/mcp' } as const
const MOVIES = { operation: 'GET /api/movies', path: '/api/movies?limit=2' } as const
const MOVIE = { operation: 'GET /api/movies/{id}', path: '/api/movies/Pulp%20Fiction' } as const
const WRITE = { operation: 'POST /api/reviews', path: '/api/reviews' } as const
const ADDRESSED = {
  operation: 'GET /api/graphql',
  path: `/api/graphql?query=${encodeURIComponent(LIST)}`,
} as const
const PUBLIC = { operation: 'GET /api/books/{id}', path: '/api/books/emma' } as const

const session = { by: 'session' } as const
const key = { by: 'key' } as const

export const REQUESTS: readonly Asked[] = [
  { ...session, ...MOVIE },
  { ...key, ...MOVIE },
  { ...session, ...MOVIES },
  { ...key, ...MOVIES },
  { ...session, operation: MOVIE.operation, path: '/api/movies/nothing' },
  { ...session, operation: MOVIES.operation, path: '/api/movies?limit=0' },
  { ...session, operation: 'GET /api/profile', path: '/api/profile' },
  { ...key, operation: 'GET /api/profile', path: '/api/profile' },
  { ...session, operation: 'GET /api/users', path: '/api/users' },
  { ...session, ...PUBLIC },
  { ...key, ...PUBLIC },
  { ...key, operation: 'GET /api/reviews', path: '/api/reviews?limit=1' },
  { ...session, ...WRITE, body: () => JSON.stringify(REVIEW) },
  { ...key, ...WRITE, body: () => JSON.stringify(REVIEW) },
  { ...session, ...WRITE, body: () => '{' },
  { ...session, ...WRITE, body: () => JSON.stringify({ ...REVIEW, rating: 6 }) },
  {
    ...session,
    operation: 'POST /api/reviews:batch',
    path: '/api/reviews:batch',
    body: () =>
      JSON.stringify({
        acts: [
          { op: 'create', item: REVIEW },
          { op: 'delete', id: 'no' },
        ],
      }),
  },
  { ...session, ...ADDRESSED },
  { ...key, ...ADDRESSED },
  { ...session, ...GRAPH, body: query(LIST) },
  { ...key, ...GRAPH, body: query('{ reviews(limit: 3) { data { movie { id } } } }') },
  { ...session, ...GRAPH, body: query(DEAR), isDear: true },
  { ...key, ...GRAPH, body: query(DEAR), isDear: true },
  { ...session, ...GRAPH, body: query(TOO_DEAR) },
  { ...session, ...GRAPH, body: query('{ nothing }') },
  {
    ...session,
    ...GRAPH,
    body: query('mutation($input: ReviewInput!) { createReview(input: $input) { id } }', {
      input: REVIEW,
    }),
  },
  { ...key, ...GRAPH, body: query('mutation { deleteReview(id: "nothing") }') },
  { ...session, ...TOOLS, body: tool('movies_list', { limit: 2 }) },
  { ...key, ...TOOLS, body: tool('movies_get', { id: 'Pulp Fiction' }) },
  { ...session, ...TOOLS, body: tool('movies_get', { id: 'nothing' }) },
  { ...key, ...TOOLS, body: tool('books_get', { id: 'emma' }) },
  { ...session, ...TOOLS, body: tool('reviews_create', REVIEW) },
  { ...key, ...TOOLS, body: tool('movies_create', { id: 'Mine' }) },
  { ...session, ...TOOLS, body: message('tools/list') },
  { ...key, ...TOOLS, body: message('nothing/list') },
  { by: 'nobody', ...MOVIES },
  { by: 'nobody', ...GRAPH, body: query('{ book(id: "emma") { author } }') },
  { by: 'garbage', ...MOVIES },
  { by: 'garbage', ...TOOLS, body: message('tools/list') },
]

/** What a request was charged, by its answer: a GraphQL query counts as one for each 50 that it costs. */
export function chargeOf({ path }: Asked, status: number, answer: string): number {
  if (status === 429) return 0
  if (status !== 200 || !path.startsWith('/api/graphql')) return 1
  const { extensions } = JSON.parse(answer) as { extensions?: { cost: number } }
  return Math.max(1, Math.ceil((extensions?.cost ?? 0) / 50))
}
