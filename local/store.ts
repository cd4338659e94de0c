import { randomBytes } from 'node:crypto'
import { embeddedEngine, redisEngine } from './gateway/engine.ts'
import { type Gateway, startGateway } from './gateway/server.ts'

type Variables = NodeJS.ProcessEnv

/** Where the data is: a database of Upstash's, or an engine behind our own gateway. */
export type StoreKind = 'upstash' | 'redis' | 'embedded'

export function storeKind(variables: Variables): StoreKind {
  const upstash = variables['UPSTASH_REDIS_REST_URL'] || variables['KV_REST_API_URL']
  const token = variables['UPSTASH_REDIS_REST_TOKEN'] || variables['KV_REST_API_TOKEN']
  if (upstash || token) return 'upstash'
  return variables['REDIS_URL'] ? 'redis' : 'embedded'
}

/** What a Redis is called on the screen: a password in its address is left out. */
export function redisName(variables: Variables): string {
  const { host, pathname } = new URL(variables['REDIS_URL'] ?? '')
  return `the Redis at ${host}${pathname}`
}

/**
 * What is wrong when no variable names a store. Without one a server would serve a store that is
 * empty and gone with the process: that must be asked for.
 */
export function storeFault(variables: Variables): string | undefined {
  const asked = variables['USHER_STORE'] || undefined
  if (asked !== undefined && asked !== 'embedded') {
    return 'USHER_STORE is not embedded: leave it out, and name a database by its address.'
  }
  if (storeKind(variables) !== 'embedded' || asked !== undefined) return undefined
  return 'UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, or REDIS_URL, are missing: set them to your database; or USHER_STORE=embedded for an empty one that is gone when the process ends.'
}

/** The variables as they will be once a local store runs, for the check before it does. */
export function withStorePlaceholder(variables: Variables): Variables {
  if (storeKind(variables) === 'upstash') return variables
  return {
    ...variables,
    UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:1',
    UPSTASH_REDIS_REST_TOKEN: 'placeholder',
  }
}

/** Whether an address is this machine's own; no address is. */
export function isLocal(url: string | undefined): boolean {
  if (url === undefined || url === '') return true
  return URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
}

/** What is wrong with `REDIS_URL`, if it is what will be used. */
export function redisUrlFault(variables: Variables): string | undefined {
  const url = variables['REDIS_URL']
  if (storeKind(variables) !== 'redis' || url === undefined) return undefined
  const valid = URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol)
  return valid ? undefined : 'REDIS_URL is not of the form redis://host:port.'
}

/**
 * Starts the gateway that the variables ask for, on the loopback address with a random token, and
 * writes its address into them.
 *
 * @returns Undefined for an Upstash database, which needs no gateway.
 */
export async function openStore(
  variables: Variables,
  onTrip?: (trip: { path: string; commands: string[][] }) => void,
): Promise<Gateway | undefined> {
  const kind = storeKind(variables)
  if (kind === 'upstash') return undefined
  const engine =
    kind === 'redis' ? redisEngine(variables['REDIS_URL'] ?? '') : await embeddedEngine()
  const gateway = await startGateway({
    engine,
    token: randomBytes(24).toString('base64url'),
    ...(onTrip === undefined ? {} : { onTrip }),
  })
  variables['UPSTASH_REDIS_REST_URL'] = gateway.url
  variables['UPSTASH_REDIS_REST_TOKEN'] = gateway.token
  return gateway
}
