// A Pages API as the tutorials write it, on the Node runtime: `jsonwebtoken` (with key objects: a text
// secret costs it half its time), Upstash's client and limiter.
import { createHash, createSecretKey, randomUUID } from 'node:crypto'
import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis'
import jwt from 'jsonwebtoken'

export const redis = Redis.fromEnv()

const ratelimit = new Ratelimit({
  redis,
  limiter: Ratelimit.fixedWindow(1_000_000, '60 s'),
  ephemeralCache: new Map(),
  prefix: 'peer',
})

const accessKey = keyOf('SECRET_TOKEN')
const refreshKey = keyOf('SECRET_RTOKEN')

/** A build knows no secrets. */
function keyOf(variable) {
  const secret = process.env[variable]
  return secret === undefined ? undefined : createSecretKey(Buffer.from(secret))
}

/** Answers 429 and returns false when the caller is over the limit. */
export async function isWithinLimit(caller, response) {
  const { success } = await ratelimit.limit(caller)
  if (!success) response.status(429).json({ error: 'too many requests' })
  return success
}

/** The claims of a caller within the limit; undefined when the refusal has been answered. */
export async function limitedUser(request, response) {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const claims = verify(token, accessKey)
  if (claims === undefined) {
    response.status(401).json({ error: 'unauthorized' })
    return undefined
  }
  return (await isWithinLimit(claims.sub, response)) ? claims : undefined
}

export function readRefresh(token) {
  return verify(token, refreshKey)
}

export async function issue(claims) {
  const JWT = jwt.sign(claims, accessKey, { algorithm: 'HS256', expiresIn: '1h' })
  const options = { algorithm: 'HS256', expiresIn: '30d' }
  const refresh = jwt.sign({ ...claims, jti: randomUUID() }, refreshKey, options)
  await redis.set(`peer:refresh:${claims.sid}`, sha256(refresh), { ex: 30 * 86_400 })
  return { JWT, refresh }
}

export function sha256(text) {
  return createHash('sha256').update(text).digest('hex')
}

function verify(token, key) {
  try {
    return jwt.verify(token, key, { algorithms: ['HS256'] })
  } catch {
    return undefined
  }
}
