import { base64url } from 'jose'
import { importKeyring } from './auth/jws.ts'
import { createPasswords } from './auth/password.ts'
import { type AccessTokens, createAccessTokens, createRefreshTokens } from './auth/tokens.ts'
import type { AuthDeps } from './auth/types.ts'
import { env, type Settings } from './env.ts'
import { log } from './log.ts'
import { Limiter } from './rate-limit/limiter.ts'
import { connect } from './store/redis.ts'
import type { Databases } from './store/trips.ts'

/** What the gate needs: no passwords, no writes. */
export interface GateDeps {
  settings: Settings
  now: () => number
  accessTokens: AccessTokens
  limiter: Limiter
  databases: Databases
}

/** What an endpoint needs. */
export type Deps = GateDeps & AuthDeps

/** Joins the gate's adapters to the settings. Nothing here does I/O. */
export function createGateDeps(settings: Settings, now: () => number = Date.now): GateDeps {
  const { origin, accessSecrets, data, auth } = settings
  const dataRedis = connect(data, { readYourWrites: true })
  return {
    settings,
    now,
    accessTokens: createAccessTokens({ keys: once(() => importKeyring(accessSecrets)), origin }),
    // Counting must not make reads wait for the primary: a client, and sync token, of its own.
    limiter: new Limiter({
      redis: connect(data, { readYourWrites: false }),
      overrides: settings.limits,
      now,
      log,
    }),
    databases: {
      data: dataRedis,
      auth: auth === undefined ? dataRedis : connect(auth, { readYourWrites: true }),
    },
  }
}

/** Joins all adapters to the settings. */
export function createDeps(settings: Settings, now: () => number = Date.now): Deps {
  const { origin, accessSecrets, refreshSecrets } = settings
  const { accessTokenTtl, refreshTokenTtl, sessionTtl, refreshGrace } = settings
  return {
    ...createGateDeps(settings, now),
    randomId: () => crypto.randomUUID(),
    refreshTokens: createRefreshTokens({ keys: once(() => importKeyring(refreshSecrets)), origin }),
    passwords: createPasswords((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    accountKey: accountKey(accessSecrets[0]),
    lifetimes: { accessTokenTtl, refreshTokenTtl, sessionTtl, refreshGrace },
    log,
  }
}

/** The gate's dependencies of this isolate, made at its first request. */
export const gateDeps: () => GateDeps = once(() => createGateDeps(env()))

/** An endpoint's dependencies of this isolate, made at its first request. */
export const deps: () => Deps = once(() => createDeps(env()))

/** HMAC-SHA-256 of the account under a key of its own: equal accounts, equal keys, and no address. */
function accountKey(secret: string): (account: string) => Promise<string> {
  const encoder = new TextEncoder()
  const key = once(() =>
    crypto.subtle.importKey(
      'raw',
      encoder.encode(`quota-account ${secret}`),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    ),
  )
  return async (account) => {
    const mac = await crypto.subtle.sign('HMAC', await key(), encoder.encode(account))
    return base64url.encode(new Uint8Array(mac))
  }
}

function once<value>(make: () => value): () => value {
  let made: { value: value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
