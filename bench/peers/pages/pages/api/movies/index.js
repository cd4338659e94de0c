import { limitedUser, redis } from '../../../api.js'

export default async function handler(request, response) {
  if ((await limitedUser(request, response)) === undefined) return
  const limit = Number(request.query.limit ?? 50)
  const ids = await redis.zrange('peer:movies', 0, limit - 1)
  const pipeline = redis.pipeline()
  for (const id of ids) pipeline.hgetall(`movie:${id}`)
  const found = await pipeline.exec()
  response.json({ data: ids.map((id, index) => ({ id, ...found[index] })) })
}
