import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { authenticate, hostname, port, readRefresh, rotate, signIn } from './job.mjs'
import { getMovie, isWithinLimit, listMovies, store } from './rest-job.mjs'

const app = new Hono()

const limitedUser = createMiddleware(async (c, next) => {
  const claims = await authenticate(c.req.header('authorization'))
  if (claims === undefined) return c.json({ error: 'unauthorized' }, 401)
  if (!(await isWithinLimit(claims.sub))) return c.json({ error: 'too many requests' }, 429)
  return next()
})

app.post('/api/auth/signin', async (c) => {
  if (!(await isWithinLimit('signin'))) return c.json({ error: 'too many requests' }, 429)
  const tokens = await signIn(store, await c.req.json())
  return tokens ? c.json(tokens) : c.json({ error: 'wrong credentials' }, 401)
})

app.post('/api/auth/refresh', async (c) => {
  const { refresh } = await c.req.json()
  const claims = await readRefresh(refresh)
  if (claims === undefined) return c.json({ error: 'unauthorized' }, 401)
  if (!(await isWithinLimit(claims.sid))) return c.json({ error: 'too many requests' }, 429)
  const tokens = await rotate(store, claims, refresh)
  return tokens ? c.json(tokens) : c.json({ error: 'unauthorized' }, 401)
})

app.get('/api/movies', limitedUser, async (c) =>
  c.json({ data: await listMovies(Number(c.req.query('limit') ?? 50)) }),
)

app.get('/api/movies/:id', limitedUser, async (c) => {
  const movie = await getMovie(c.req.param('id'))
  return movie ? c.json(movie) : c.json({ error: 'not found' }, 404)
})

serve({ fetch: app.fetch, hostname, port }, () => console.log(`listens on ${port}`))
