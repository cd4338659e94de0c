import fastify from 'fastify'
import { schemas } from './fastify-schemas.mjs'
import { authenticate, hostname, port, readRefresh, rotate, signIn } from './job.mjs'
import { getMovie, isWithinLimit, listMovies, store } from './rest-job.mjs'

const app = fastify()

async function limitedUser(request, reply) {
  const claims = await authenticate(request.headers.authorization)
  if (claims === undefined) return reply.code(401).send({ error: 'unauthorized' })
  if (!(await isWithinLimit(claims.sub)))
    return reply.code(429).send({ error: 'too many requests' })
}

app.post('/api/auth/signin', { schema: schemas.signIn }, async (request, reply) => {
  if (!(await isWithinLimit('signin'))) return reply.code(429).send({ error: 'too many requests' })
  const tokens = await signIn(store, request.body)
  return tokens ?? reply.code(401).send({ error: 'wrong credentials' })
})

app.post('/api/auth/refresh', { schema: schemas.refresh }, async (request, reply) => {
  const { refresh } = request.body
  const claims = await readRefresh(refresh)
  if (claims === undefined) return reply.code(401).send({ error: 'unauthorized' })
  if (!(await isWithinLimit(claims.sid)))
    return reply.code(429).send({ error: 'too many requests' })
  const tokens = await rotate(store, claims, refresh)
  return tokens ?? reply.code(401).send({ error: 'unauthorized' })
})

app.get('/api/movies', { schema: schemas.list, onRequest: limitedUser }, async (request) => ({
  data: await listMovies(request.query.limit),
}))

app.get(
  '/api/movies/:id',
  { schema: schemas.get, onRequest: limitedUser },
  async (request, reply) => {
    const movie = await getMovie(request.params.id)
    return movie ?? reply.code(404).send({ error: 'not found' })
  },
)

await app.listen({ host: hostname, port })
console.log(`listens on ${port}`)
