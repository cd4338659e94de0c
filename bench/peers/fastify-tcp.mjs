import rateLimit from '@fastify/rate-limit'
import fastify from 'fastify'
import { schemas } from './fastify-schemas.mjs'
import { authenticate, hostname, port, readRefresh, rotate, signIn } from './job.mjs'
import { getMovie, listMovies, redis, store } from './tcp-job.mjs'

const app = fastify()
app.decorateRequest('claims', null)
await app.register(rateLimit, {
  global: false,
  max: 1_000_000,
  timeWindow: '1 minute',
  redis,
  nameSpace: 'peer:limit:',
})

// The limiter comes behind the hook that says whom it counts.
const limitBy = (claim) => ({
  rateLimit: { hook: 'preHandler', keyGenerator: ({ claims }) => claims[claim] },
})

async function user(request, reply) {
  request.claims = await authenticate(request.headers.authorization)
  if (request.claims === undefined) return reply.code(401).send({ error: 'unauthorized' })
}

async function session(request, reply) {
  request.claims = await readRefresh(request.body.refresh)
  if (request.claims === undefined) return reply.code(401).send({ error: 'unauthorized' })
}

app.post(
  '/api/auth/signin',
  { schema: schemas.signIn, config: { rateLimit: {} } },
  async (request, reply) => {
    const tokens = await signIn(store, request.body)
    return tokens ?? reply.code(401).send({ error: 'wrong credentials' })
  },
)

app.post(
  '/api/auth/refresh',
  { schema: schemas.refresh, config: limitBy('sid'), preHandler: session },
  async (request, reply) => {
    const tokens = await rotate(store, request.claims, request.body.refresh)
    return tokens ?? reply.code(401).send({ error: 'unauthorized' })
  },
)

app.get(
  '/api/movies',
  { schema: schemas.list, config: limitBy('sub'), onRequest: user },
  async (request) => ({ data: await listMovies(request.query.limit) }),
)

app.get(
  '/api/movies/:id',
  { schema: schemas.get, config: limitBy('sub'), onRequest: user },
  async (request, reply) => {
    const movie = await getMovie(request.params.id)
    return movie ?? reply.code(404).send({ error: 'not found' })
  },
)

await app.listen({ host: hostname, port })
console.log(`listens on ${port}`)
