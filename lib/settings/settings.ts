import { limits } from './limits.ts'
import { plans } from './plans.ts'
import { linking, providers } from './providers.ts'
import {
  appName,
  corsOrigins,
  count,
  duration,
  introspection,
  origin,
  passwordRules,
  readerOf,
  trustedProxy,
} from './readers.ts'
import { metricsToken, secrets, signingKeys } from './secrets.ts'
import { database, mail, pwnedPasswordsUrl } from './services.ts'
import type { PageSettings, Settings, Variables } from './types.ts'

/** Thrown by {@link env}: what the operator must set, one sentence a fault, no values. */
export class EnvironmentFault extends Error {
  override readonly name = 'EnvironmentFault'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join(' '))
    this.faults = faults
  }
}

let memo: Settings | undefined

/**
 * The settings of this process, read once, at the first request: a build needs no secrets.
 *
 * @throws EnvironmentFault naming every faulty variable at once.
 */
export function env(): Settings {
  memo ??= parseSettings(process.env)
  return memo
}

let pageMemo: PageSettings | undefined

/**
 * The settings that pages need: they ask the API, and no database.
 *
 * @throws EnvironmentFault naming every faulty variable of these.
 */
export function pageEnv(): PageSettings {
  pageMemo ??= parsePageSettings(process.env)
  return pageMemo
}

function parsePageSettings(variables: Variables): PageSettings {
  const faults: string[] = []
  const read = readerOf(variables)
  const publicOrigin = origin(read, faults)
  const settings: PageSettings = {
    name: appName(read, faults),
    origin: publicOrigin,
    accessSecrets: secrets('SECRET_TOKEN', read, faults),
    refreshSecrets: secrets('SECRET_RTOKEN', read, faults),
    ...signingKeys(read, faults),
    passwordRules: passwordRules(read, faults, publicOrigin),
    providers: providers(variables, read, faults),
    limits: limits(read, faults),
    plans: plans(read, faults),
  }
  if (faults.length > 0) throw new EnvironmentFault(faults)
  return settings
}

/** Checks all variables. @throws EnvironmentFault naming every faulty one at once. */
export function parseSettings(variables: Variables): Settings {
  const faults: string[] = []
  const read = readerOf(variables)

  const accessSecrets = secrets('SECRET_TOKEN', read, faults)
  const refreshSecrets = secrets('SECRET_RTOKEN', read, faults)
  if (refreshSecrets.some((secret) => secret !== '' && accessSecrets.includes(secret))) {
    faults.push('SECRET_RTOKEN equals SECRET_TOKEN, now or earlier: set two different secrets.')
  }

  const publicOrigin = origin(read, faults)
  const settings: Settings = {
    name: appName(read, faults),
    origin: publicOrigin,
    accessSecrets,
    refreshSecrets,
    keyEnvironment: publicOrigin.startsWith('https:') ? 'live' : 'test',
    ...signingKeys(read, faults),
    accessTokenTtl: duration('ACCESS_TOKEN_TTL', read, faults, 3_600, [1, 86_400]),
    refreshTokenTtl: duration('REFRESH_TOKEN_TTL', read, faults, 2_592_000, [1, 31_536_000]),
    sessionTtl: duration('SESSION_TTL', read, faults, 15_552_000, [1, 315_360_000]),
    refreshGrace: duration('REFRESH_GRACE', read, faults, 10, [0, 60]),
    freshSignIn: duration('FRESH_SIGNIN', read, faults, 900, [1, 2_592_000]),
    sessionsPerUser: count('SESSIONS_PER_USER', read, faults, 1_000, [1, 100_000]),
    data: database('UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', read, faults, [
      'KV_REST_API_URL',
      'KV_REST_API_TOKEN',
    ]) ?? { url: '', token: '' },
    auth:
      read('AUTH_REDIS_REST_URL') === undefined && read('AUTH_REDIS_REST_TOKEN') === undefined
        ? undefined
        : database('AUTH_REDIS_REST_URL', 'AUTH_REDIS_REST_TOKEN', read, faults),
    mail: mail(read, faults),
    passwordRules: passwordRules(read, faults, publicOrigin),
    pwnedPasswordsUrl: pwnedPasswordsUrl(read, faults),
    metricsToken: metricsToken(read, faults),
    providers: providers(variables, read, faults),
    linking: linking(read, faults),
    corsOrigins: corsOrigins(read, faults),
    introspection: introspection(read, faults),
    trustedProxy: trustedProxy(read, faults),
    limits: limits(read, faults),
    plans: plans(read, faults),
  }
  if (faults.length > 0) throw new EnvironmentFault(faults)
  return settings
}
