import { limitedUser, redis } from '../../../api.js'

export default async function handler(request, response) {
  if ((await limitedUser(request, response)) === undefined) return
  const { id } = request.query
  const movie = await redis.hgetall(`movie:${id}`)
  if (movie === null) {
    response.status(404).json({ error: 'not found' })
    return
  }
  response.json({ id, ...movie })
}
