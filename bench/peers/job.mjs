// The job itself, the same for every peer: tokens by `jose` with keys imported once, passwords by
// `bcryptjs`, and a refresh token whose hash is kept with its session and compared at each rotation.
// A peer brings its store and its framework.
import { createHash, randomUUID } from 'node:crypto'
import { compare } from 'bcryptjs'
import { jwtVerify, SignJWT } from 'jose'

const ACCESS_SECONDS = 3_600
export const REFRESH_SECONDS = 30 * 86_400

const importKey = (secret) =>
  crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  )

const accessKey = await importKey(process.env.SECRET_TOKEN)
const refreshKey = await importKey(process.env.SECRET_RTOKEN)

/** The address to listen on. */
export const port = Number(process.env.PORT)
export const hostname = '127.0.0.1'

/** The claims of the access token in an `Authorization` header; undefined when it is none. */
export async function authenticate(authorization) {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
  return token === undefined ? undefined : verify(token, accessKey)
}

/** The claims of a refresh token; undefined when it is none. */
export function readRefresh(refresh) {
  return typeof refresh === 'string' ? verify(refresh, refreshKey) : undefined
}

/** @param store `user(id)`, `refreshHash(sid)`, `keepRefreshHash(sid, hash)`. */
export async function signIn(store, { user, password }) {
  const account = await store.user(user)
  if (!account || !(await compare(password, account.password))) return undefined
  return issue(store, { sub: user, sid: randomUUID(), level: Number(account.level) })
}

export async function rotate(store, claims, refresh) {
  if ((await store.refreshHash(claims.sid)) !== sha256(refresh)) return undefined
  return issue(store, { sub: claims.sub, sid: claims.sid, level: claims.level })
}

/** A film as it is answered. */
export function toMovie(id, { director, year }) {
  return { id, director, year: Number(year) }
}

async function issue(store, claims) {
  const JWT = await sign(claims, accessKey, ACCESS_SECONDS)
  const refresh = await sign({ ...claims, jti: randomUUID() }, refreshKey, REFRESH_SECONDS)
  await store.keepRefreshHash(claims.sid, sha256(refresh))
  return { JWT, refresh }
}

function sign(claims, key, seconds) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(`${seconds} s`)
    .sign(key)
}

async function verify(token, key) {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] })
    return payload
  } catch {
    return undefined
  }
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex')
}
