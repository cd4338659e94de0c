// What the two TCP peers share: `ioredis`, one connection for the process.
import { Redis } from 'ioredis'
import { REFRESH_SECONDS, toMovie } from './job.mjs'

export const redis = new Redis(process.env.REDIS_URL)

export const store = {
  user: async (id) => {
    const account = await redis.hgetall(`user:${id}`)
    return 'password' in account ? account : undefined
  },
  refreshHash: (sid) => redis.get(`peer:refresh:${sid}`),
  keepRefreshHash: (sid, hash) => redis.set(`peer:refresh:${sid}`, hash, 'EX', REFRESH_SECONDS),
}

/** A film; undefined when there is none. */
export async function getMovie(id) {
  const fields = await redis.hgetall(`movie:${id}`)
  return 'director' in fields ? toMovie(id, fields) : undefined
}

export async function listMovies(limit) {
  const ids = await redis.zrange('peer:movies', 0, limit - 1)
  const pipeline = redis.pipeline()
  for (const id of ids) pipeline.hgetall(`movie:${id}`)
  const found = await pipeline.exec()
  return ids.map((id, index) => toMovie(id, found[index][1]))
}
