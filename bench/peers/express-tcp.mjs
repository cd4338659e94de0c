import express from 'express'
import { rateLimit } from 'express-rate-limit'
import { RedisStore } from 'rate-limit-redis'
import { authenticate, hostname, port, readRefresh, rotate, signIn } from './job.mjs'
import { getMovie, listMovies, redis, store } from './tcp-job.mjs'

const app = express()
app.use(express.json())

const limitBy = (prefix, options) =>
  rateLimit({
    windowMs: 60_000,
    limit: 1_000_000,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    store: new RedisStore({ prefix, sendCommand: (...words) => redis.call(...words) }),
    ...options,
  })

async function user(request, response, next) {
  request.claims = await authenticate(request.get('authorization'))
  if (request.claims === undefined) return response.status(401).json({ error: 'unauthorized' })
  next()
}

async function session(request, response, next) {
  request.claims = await readRefresh(request.body.refresh)
  if (request.claims === undefined) return response.status(401).json({ error: 'unauthorized' })
  next()
}

const userLimit = limitBy('peer:user:', { keyGenerator: ({ claims }) => claims.sub })
const sessionLimit = limitBy('peer:session:', { keyGenerator: ({ claims }) => claims.sid })
const signInLimit = limitBy('peer:signin:', {})

app.post('/api/auth/signin', signInLimit, async (request, response) => {
  const tokens = await signIn(store, request.body)
  if (tokens === undefined) return response.status(401).json({ error: 'wrong credentials' })
  response.json(tokens)
})

app.post('/api/auth/refresh', session, sessionLimit, async (request, response) => {
  const tokens = await rotate(store, request.claims, request.body.refresh)
  if (tokens === undefined) return response.status(401).json({ error: 'unauthorized' })
  response.json(tokens)
})

app.get('/api/movies', user, userLimit, async (request, response) => {
  response.json({ data: await listMovies(Number(request.query.limit ?? 50)) })
})

app.get('/api/movies/:id', user, userLimit, async (request, response) => {
  const movie = await getMovie(request.params.id)
  if (movie === undefined) return response.status(404).json({ error: 'not found' })
  response.json(movie)
})

app.listen(port, hostname, () => console.log(`listens on ${port}`))
