import { newAccountId } from '../auth/accounts/account-id.ts'
import type { PresentedKey } from '../auth/api-keys/api-key.ts'
import type { KeyProof, KeyScope } from '../auth/api-keys/key-proof.ts'
import { DeadSessions } from '../auth/sessions/dead-sessions.ts'
import { importKeyring, type Keyring } from '../auth/tokens/jws.ts'
import { createAccessTokens, createRefreshTokens } from '../auth/tokens/tokens.ts'
import type { AuthDeps } from '../auth/types.ts'
import { hmac } from '../hash.ts'
import type { CallParts, CollectionPart } from '../http/collection-call.ts'
import { createCookies } from '../http/credentials/cookies.ts'
import type { Verifiers } from '../http/credentials/credential.ts'
import { Metrics } from '../http/metrics.ts'
import { log } from '../log.ts'
import { once } from '../once.ts'
import type { LimiterOptions } from '../rate-limit/counter.ts'
import type { HotLimiter } from '../rate-limit/hot.ts'
import { Plans } from '../rate-limit/plans.ts'
import { PlansSeen } from '../rate-limit/plans-seen.ts'
import { StrictLimiter } from '../rate-limit/strict.ts'
import type { Settings } from '../settings/types.ts'
import type { Macs } from '../signed-text.ts'
import { sleep } from '../sleep.ts'
import { connect } from '../store/client/redis.ts'
import { connectScripts } from '../store/client/script-runner.ts'
import type { Databases, Store } from '../store/client/store.ts'
import { Usage } from '../usage/usage.ts'

/** What gate and endpoints need: no passwords, no writes. */
export interface BaseDeps extends Verifiers {
  settings: Settings
  now: () => number
  accessKeys: () => Promise<Keyring>
  deadSessions: DeadSessions
  plansSeen: PlansSeen
  metrics: Metrics
  /** What gate and endpoints of a deployment know, and no client: see `Handover`. */
  gateWord: () => Promise<string>
  usage: Usage
  plans: Plans
}

/** What an endpoint needs. */
export type Deps = BaseDeps &
  AuthDeps & {
    databases: Databases
    limiter: StrictLimiter
    /** Of what clients carry from a write to their next requests. */
    syncMacs: Macs
    /** Where strangers are counted behind the gate. */
    hotLimiter?: HotLimiter
    /** Where operations of collections are served. */
    ofCollection?: (parts: CallParts) => CollectionPart
    /** Where API keys open something. */
    keys?: {
      prove(key: PresentedKey, scope: KeyScope): KeyProof
      /** Notes that a key was used, once a minute. */
      noteUse(store: () => Store, id: string): Promise<void>
    }
  }

/** Joins the adapters of all to the settings. Nothing here does I/O. */
export function createBaseDeps(settings: Settings, now: () => number = Date.now): BaseDeps {
  const { origin, accessSecrets, refreshSecrets, signingKey, previousKeys, trustedProxy } = settings
  if (trustedProxy.mode === 'none') {
    const consequence = 'all clients share one bucket of each address quota: set TRUSTED_PROXY'
    log('warn', 'client-address.unknown', { consequence })
  }
  const keys = once(() => importKeyring(accessSecrets, signingKey, previousKeys))
  return {
    settings,
    now,
    accessTokens: createAccessTokens({ keys, origin }),
    accessKeys: keys,
    refreshTokens: createRefreshTokens({ keys: once(() => importKeyring(refreshSecrets)), origin }),
    cookies: createCookies(origin),
    deadSessions: new DeadSessions(now),
    plansSeen: new PlansSeen(now),
    plans: new Plans(settings.plans, settings.limits, log),
    usage: new Usage({ redis: connectScripts(settings.data), now, sleep, log, randomId }),
    keyEnvironment: settings.keyEnvironment,
    metrics: new Metrics({ redis: connectScripts(settings.data), now, sleep, log }),
    gateWord: once(() => hmac('gate', refreshSecrets[0])('')),
  }
}

function randomId(): string {
  return crypto.randomUUID()
}

/** What a limiter counts with. */
export function limiterOptions({ data, limits }: Settings, now: () => number): LimiterOptions {
  return { redis: connectScripts(data), overrides: limits, now, sleep, log }
}

/** Joins all adapters to the settings. */
export function createDeps(settings: Settings, now: () => number = Date.now): Deps {
  const data = connect(settings.data)
  const { accessTokenTtl, refreshTokenTtl, sessionTtl, refreshGrace, freshSignIn } = settings
  return {
    ...createBaseDeps(settings, now),
    databases: { data, auth: settings.auth === undefined ? data : connect(settings.auth) },
    limiter: new StrictLimiter(limiterOptions(settings, now)),
    syncMacs: settings.refreshSecrets.map((secret) => hmac('sync', secret)),
    randomId,
    lifetimes: { accessTokenTtl, refreshTokenTtl, sessionTtl, refreshGrace, freshSignIn },
    sessionsPerUser: settings.sessionsPerUser,
    log,
    newAccountId,
    sessionsSeen: new Map(),
  }
}
