import express from 'express'
import { authenticate, hostname, port, readRefresh, rotate, signIn } from './job.mjs'
import { getMovie, isWithinLimit, listMovies, store } from './rest-job.mjs'

const app = express()
app.use(express.json())

async function limitedUser(request, response, next) {
  const claims = await authenticate(request.get('authorization'))
  if (claims === undefined) return response.status(401).json({ error: 'unauthorized' })
  if (!(await isWithinLimit(claims.sub)))
    return response.status(429).json({ error: 'too many requests' })
  next()
}

app.post('/api/auth/signin', async (request, response) => {
  if (!(await isWithinLimit('signin')))
    return response.status(429).json({ error: 'too many requests' })
  const tokens = await signIn(store, request.body)
  if (tokens === undefined) return response.status(401).json({ error: 'wrong credentials' })
  response.json(tokens)
})

app.post('/api/auth/refresh', async (request, response) => {
  const { refresh } = request.body
  const claims = await readRefresh(refresh)
  if (claims === undefined) return response.status(401).json({ error: 'unauthorized' })
  if (!(await isWithinLimit(claims.sid)))
    return response.status(429).json({ error: 'too many requests' })
  const tokens = await rotate(store, claims, refresh)
  if (tokens === undefined) return response.status(401).json({ error: 'unauthorized' })
  response.json(tokens)
})

app.get('/api/movies', limitedUser, async (request, response) => {
  response.json({ data: await listMovies(Number(request.query.limit ?? 50)) })
})

app.get('/api/movies/:id', limitedUser, async (request, response) => {
  const movie = await getMovie(request.params.id)
  if (movie === undefined) return response.status(404).json({ error: 'not found' })
  response.json(movie)
})

app.listen(port, hostname, () => console.log(`listens on ${port}`))
