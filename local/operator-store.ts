import { existsSync } from 'node:fs'
import { database } from '../lib/settings/services.ts'
import type { Transport } from '../lib/store/client/transport.ts'
import { announcedStore } from './announce.ts'
import {
  closeStore,
  isLocal,
  openStore,
  redisName,
  redisUrlFault,
  StoreClosed,
  storeFolder,
  storeKind,
} from './store.ts'
import { reachEngine } from './transports/engine.ts'

/** A database, and what it is called on the screen: a name without a secret. */
export interface NamedDatabase {
  url: string
  token: string
  name: string
  /** The same in every run: what backups say that they are of. */
  source: string
  /** Whether the data is on this machine. */
  local: boolean
  /** A shorter way than REST: to an engine that this process has opened, or is connected to. */
  store?: Transport
}

/** The store that an operator's command works on, and how to let go of it. */
export interface OperatorStore {
  data: NamedDatabase
  /** Where users and sessions are: the same, unless they have a database of their own. */
  accounts: NamedDatabase
  close: () => Promise<void>
}

/**
 * Finds the store: what the environment names, else that of a running `npm run up`, `start` or `serve`.
 *
 * @param loads Whether the command writes much and can be run again: the embedded store is then written to
 *   the disk in the end, and now and then before.
 * @returns A sentence that says what to do when there is none.
 */
export async function operatorStore({ loads = false } = {}): Promise<OperatorStore | string> {
  const faults: string[] = []
  const rest =
    storeKind(process.env) === 'upstash' ? database(...REST, read, faults, KV) : undefined
  const auth = AUTH.some(read) ? database(...AUTH, read, faults) : undefined
  const redisUrl = redisUrlFault(process.env)
  if (redisUrl !== undefined) faults.push(redisUrl)
  if (faults.length > 0) return faults.join('\n')

  const opened = rest === undefined ? await openLocal(loads) : { data: named(rest) }
  if (typeof opened === 'string') return opened
  if (opened === undefined) {
    return 'There is no store: set UPSTASH_REDIS_REST_URL and _TOKEN or REDIS_URL, or USHER_STORE=embedded; or start `npm run up`.'
  }
  const accounts = auth === undefined ? opened.data : named(auth)
  return { close: async () => undefined, ...opened, accounts }
}

const REST = ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'] as const
const KV: [string, string] = ['KV_REST_API_URL', 'KV_REST_API_TOKEN']
const AUTH = ['AUTH_REDIS_REST_URL', 'AUTH_REDIS_REST_TOKEN'] as const

function read(name: string): string | undefined {
  return process.env[name]?.trim() || undefined
}

function named(rest: { url: string; token: string }): NamedDatabase {
  const name = `the database at ${new URL(rest.url).host}`
  return { ...rest, name, source: name, local: isLocal(rest.url) }
}

/** A snapshot writes the whole store: while it is filled, one in so many milliseconds is enough. */
const LOADING_KEEP_MS = 30_000

type Opened = Pick<OperatorStore, 'data' | 'close'>

/** @returns A sentence when it cannot be used; undefined when there is none. */
async function openLocal(loads: boolean): Promise<Opened | string | undefined> {
  try {
    return await findLocal(loads)
  } catch (error) {
    if (error instanceof StoreClosed) return error.message
    throw error
  }
}

async function findLocal(loads: boolean): Promise<Opened | undefined> {
  if (storeKind(process.env) === 'embedded') {
    const running = (await announcedStore(storeFolder(process.env))) ?? (await announcedStore())
    if (running !== undefined) {
      const name = `${running.name}, of the \`${running.by}\` that runs as process ${running.pid}`
      return { data: { ...running, name, source: running.name }, close: async () => undefined }
    }
    // Nobody runs it: this opens it, and nobody else may meanwhile.
    if (!process.env['USHER_STORE'] && !existsSync(storeFolder(process.env))) return undefined
  }
  const local = isLocal(process.env['REDIS_URL'])
  const gateway = await openStore(
    { ...process.env },
    { keepMs: loads ? LOADING_KEEP_MS : undefined },
  )
  if (gateway === undefined) return undefined
  const { url, token, kept } = gateway
  const { store } = reachEngine(gateway.engine).reached
  const source = kept === undefined ? redisName(process.env) : 'the embedded store'
  const name = kept === undefined ? source : `${source} in ${kept}`
  return { data: { url, token, name, source, local, store }, close: () => closeStore(gateway) }
}
