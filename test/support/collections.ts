import type { Collection } from '../../lib/collections/define.ts'
import { PROBLEMS } from '../../lib/contract/problems.ts'
import { keptIndexesOf } from '../../lib/items/declaration.ts'
import { ItemCache } from '../../lib/items/item-cache.ts'
import type { CollectionDeps, ItemCall } from '../../lib/items/types.ts'
import { connect } from '../../lib/store/client/redis.ts'
import { Store } from '../../lib/store/client/store.ts'
import { Trips } from '../../lib/store/client/trips.ts'
import { keys } from '../../lib/store/keys.ts'
import type { Engine } from '../../local/gateway/engine.ts'
import { type EngineKind, startStore } from './store.ts'

/** A call may take so long on a busy machine. */
const PATIENCE_MS = 30_000

/** A store and the calls of use cases on it, without HTTP in between. */
export interface CollectionRig {
  engine: Engine
  /** The names of the commands that the store was sent. */
  sent: string[]
  store: () => Store
  deps: CollectionDeps
  command(...words: string[]): Promise<unknown>
  call<input>(
    collection: Collection,
    input: input,
    more?: Partial<ItemCall<input>>,
  ): ItemCall<input>
  /** Makes the keyspace too large for SCAN; the indexes of these collections count as whole. */
  fill(...whole: Collection[]): Promise<void>
  /** Waits for what goes on in the background. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** @param related The collections that references lead to. */
export async function startCollectionRig(
  kind: EngineKind,
  related: readonly Collection[] = [],
): Promise<CollectionRig> {
  const sent: string[] = []
  const own = await startStore(kind, ({ commands }) => {
    sent.push(...commands.map(([name = '']) => name))
  })
  const { engine, command } = own
  // The embedded engine makes its interpreter at the first script: nobody's deadline has to bear it.
  await command('EVAL', 'return 1', '0')
  const client = connect(own, PATIENCE_MS)
  const store = (): Store =>
    new Store(
      { auth: client, data: client },
      new Trips(Date.now, undefined, undefined, PATIENCE_MS),
    )
  const background: Promise<unknown>[] = []
  return {
    engine,
    sent,
    store,
    command,
    deps: {
      now: Date.now,
      randomId: () => crypto.randomUUID(),
      cursorMacs: [
        async (text) => Buffer.from(text).toString('base64url').padEnd(22, '_').slice(-22),
      ],
      itemCache: new ItemCache(Date.now),
      findCollection: (name) => related.find((each) => each.name === name),
    },
    call: (collection, input, more = {}) => {
      const own = store()
      return {
        input,
        store: own,
        collection,
        id: '',
        conditions: { ifMatch: null, ifNoneMatch: null, idempotencyKey: null },
        principal: { accountId: 'u_me0123456789abcdef', userId: 'me@home.org' },
        isProven: () => true,
        level: () => 0,
        log: () => undefined,
        read: async (read) => ({ ok: true, value: (await own.read(read))[0] }),
        readAsCaller: async (read) => ({ ok: true, value: (await own.read(read))[0] }),
        may: () => true,
        countMore: async () => undefined,
        documentOf: ({ code, errors, detail }) => ({
          type: `/problems/${code}`,
          title: '',
          status: PROBLEMS[code].status,
          ...(detail === undefined ? {} : { detail }),
          ...(errors === undefined ? {} : { errors }),
          instance: '/api/test:batch',
          requestId: 'r',
        }),
        recall: () => undefined,
        staleBefore: 0,
        background: (work) => void background.push(work(store)),
        ...more,
      }
    },
    fill: async (...whole) => {
      const words = Array.from({ length: 2_100 }, (_, index) => [`filler:${index}`, 'x']).flat()
      await command('MSET', ...words)
      await command('HSET', 'healed', 'at', String(Date.now() - 60_000))
      for (const collection of whole) {
        const { states, fingerprints } = keptIndexesOf(collection)
        for (const [key, fingerprint] of fingerprints)
          await command('HSET', states, key, `${fingerprint}:${Date.now()}:whole`)
        const words = keys.words(collection.name)
        if (fingerprints.has(words)) await command('ZADD', words, '0', '')
      }
    },
    settled: async () => {
      while (background.length > 0) await background.shift()
    },
    close: own.stop,
  }
}
