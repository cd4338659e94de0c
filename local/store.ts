import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Engine, redisEngine } from './gateway/engine.ts'
import { type Gateway, startGateway } from './gateway/server.ts'
import { type Keeping, type KeptEngine, keptEngine } from './kept-store/kept-engine.ts'
import { FolderHeld } from './kept-store/lock.ts'

type Variables = NodeJS.ProcessEnv

/** Where the data is: a database of Upstash's, or an engine behind our own gateway. */
export type StoreKind = 'upstash' | 'redis' | 'embedded'

export function storeKind(variables: Variables): StoreKind {
  const upstash = variables['UPSTASH_REDIS_REST_URL'] || variables['KV_REST_API_URL']
  const token = variables['UPSTASH_REDIS_REST_TOKEN'] || variables['KV_REST_API_TOKEN']
  if (upstash || token) return 'upstash'
  return variables['REDIS_URL'] ? 'redis' : 'embedded'
}

/** Where the embedded store is kept. */
export function storeFolder(variables: Variables): string {
  return variables['USHER_STORE_FOLDER'] || join('.usher', 'store')
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
  return 'UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, or REDIS_URL, are missing: set them to your database; or USHER_STORE=embedded for one in this process, which is kept in .usher/store.'
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

/** A store behind a gateway. */
export interface OpenedStore extends Gateway {
  /** Of the embedded one: where it is kept and what was there, in words for the screen. */
  kept?: string
}

/**
 * Starts the gateway that the variables ask for, on the loopback address with a random token, and
 * writes its address into them.
 *
 * @param keeping Of the embedded store.
 * @returns Undefined for an Upstash database, which needs no gateway.
 * @throws StoreClosed when the embedded store cannot be used.
 */
export async function openStore(
  variables: Variables,
  keeping: Keeping = {},
): Promise<OpenedStore | undefined> {
  const kind = storeKind(variables)
  if (kind === 'upstash') return undefined
  const { engine, kept } =
    kind === 'redis'
      ? { engine: await redisEngine(variables['REDIS_URL'] ?? ''), kept: undefined }
      : await openKept(storeFolder(variables), keeping)
  const gateway = await startGateway({ engine, token: randomBytes(24).toString('base64url') })
  variables['UPSTASH_REDIS_REST_URL'] = gateway.url
  variables['UPSTASH_REDIS_REST_TOKEN'] = gateway.token
  return { ...gateway, ...(kept === undefined ? {} : { kept }) }
}

/** Writes what is not written yet, and ends the gateway. */
export async function closeStore(store: Gateway | undefined): Promise<void> {
  await Promise.all([store?.close(), store?.engine.close()])
}

/**
 * Writes what is not written yet, for a process that ends. The gateway is there until then and answers nobody:
 * isolates of Next still tell what they have counted, and would log that the store is away.
 */
export async function endStore(store: Gateway | undefined): Promise<void> {
  store?.hold()
  await store?.engine.close()
}

/** The embedded store cannot be used; the message says why, for a person. */
export class StoreClosed extends Error {
  override readonly name = 'StoreClosed'
}

/** Opens the embedded store, and says on the screen what of it was not whole. */
async function openKept(
  folder: string,
  keeping: Keeping,
): Promise<{ engine: Engine; kept: string }> {
  let opened: KeptEngine
  try {
    opened = await keptEngine(folder, keeping)
  } catch (error) {
    if (error instanceof FolderHeld) throw new StoreClosed(error.message)
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new StoreClosed(
      `The store cannot be kept in ${folder}: ${error.message}. USHER_STORE_FOLDER names another folder.`,
    )
  }
  const { engine, found, aside } = opened
  if (aside !== undefined) console.log(`What was in the store is set aside in ${aside}.`)
  for (const damaged of found.setAside) {
    console.error(
      `${join(folder, damaged.name)} is not used: ${damaged.reason}. It is set aside as ${damaged.aside}.`,
    )
  }
  const { snapshot } = found
  if (snapshot !== undefined && found.setAside.length > 0) {
    console.error(`The one before is used: ${snapshot.name} of ${snapshot.created}.`)
  } else if (found.setAside.length > 0) {
    console.error('No snapshot is whole: the store is empty.')
  }
  const was =
    snapshot === undefined ? 'empty so far' : `${snapshot.keys} keys of ${snapshot.created}`
  return { engine, kept: `${folder} (${was})` }
}
