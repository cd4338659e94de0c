// What the three REST peers share, so that only the framework differs: Upstash's client and limiter
// as their documentation shows them.
import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis'
import { REFRESH_SECONDS, toMovie } from './job.mjs'

const redis = Redis.fromEnv()

const ratelimit = new Ratelimit({
  redis,
  limiter: Ratelimit.fixedWindow(1_000_000, '60 s'),
  ephemeralCache: new Map(),
  prefix: 'peer',
})

/** Whether one more request of this caller is within the limit. */
export async function isWithinLimit(caller) {
  const { success } = await ratelimit.limit(caller)
  return success
}

export const store = {
  user: (id) => redis.hgetall(`user:${id}`),
  refreshHash: (sid) => redis.get(`peer:refresh:${sid}`),
  keepRefreshHash: (sid, hash) => redis.set(`peer:refresh:${sid}`, hash, { ex: REFRESH_SECONDS }),
}

/** A film; undefined when there is none. */
export async function getMovie(id) {
  const fields = await redis.hgetall(`movie:${id}`)
  return fields === null ? undefined : toMovie(id, fields)
}

export async function listMovies(limit) {
  const ids = await redis.zrange('peer:movies', 0, limit - 1)
  const pipeline = redis.pipeline()
  for (const id of ids) pipeline.hgetall(`movie:${id}`)
  const found = await pipeline.exec()
  return ids.map((id, index) => toMovie(id, found[index]))
}
