import { Redis } from 'ioredis'
import { movies } from '../lib/collections/movies.ts'
import { keptIndexesOf } from '../lib/items/declaration.ts'
import { membersOf } from '../lib/items/indexing.ts'
import { keys } from '../lib/store/keys.ts'
import { quantile, signIn, startRig } from './rig.ts'

const SAMPLES = 400
const BATCH = 5_000

/** What one read costs in a keyspace of a size. */
export interface GrowthRow {
  films: number
  /** Keys besides, that are nobody's. */
  others: number
  read: string
  p50Ms: number
  items: number
  /** Trips and commands, as the answer says. */
  cost: string
  /** Of the indexes; undefined where there are other keys. */
  bytesPerFilm: number | undefined
}

/** Reads, at each size of the collection, and at the last with other keys besides. */
export async function measureGrowth(
  host: 'start' | 'serve',
  sizes: readonly number[],
  unrelated: number,
  onRow: (row: GrowthRow) => void,
): Promise<void> {
  const rig = await startRig(host)
  process.once('SIGINT', () => void rig.stop().then(() => process.exit(130)))
  const redis = new Redis(rig.redisUrl)
  try {
    const { JWT } = await signIn(rig.origin)
    for (const key of await redis.keys('movie:*')) await redis.del(key)
    for (const key of await redis.keys('*:movies*')) await redis.del(key)
    let loaded = 0
    const measure = async (others: number): Promise<void> => {
      const bytes = others === 0 ? (await indexBytes(redis)) / loaded : undefined
      for (const [read, path] of readsOf(loaded)) {
        const timed = await timeReads(`${rig.origin}${path}`, JWT)
        onRow({ films: loaded, others, read, bytesPerFilm: bytes, ...timed })
      }
    }
    for (const size of sizes) {
      await load(redis, loaded, size)
      loaded = size
      await measure(0)
    }
    for (let start = 0; start < unrelated; start += BATCH) {
      const words = Array.from({ length: BATCH }, (_, index) => [`other:${start + index}`, 'x'])
      await redis.mset(...words.flat())
    }
    await measure(unrelated)
  } finally {
    redis.disconnect()
    await rig.stop()
  }
}

function readsOf(films: number): (readonly [read: string, path: string])[] {
  const middle = encodeURIComponent(`Film ${String(Math.floor(films / 2)).padStart(7, '0')}`)
  return [
    ['get', `/api/movies/${middle}`],
    ['list of 50', '/api/movies'],
    ['50 by year', '/api/movies?sort=-year,director'],
    ['50 of a decade', '/api/movies?year[gte]=1960&year[lt]=1970&sort=year'],
    ['50 of a director', '/api/movies?director=Person%203'],
  ]
}

async function timeReads(
  url: string,
  JWT: string,
): Promise<Pick<GrowthRow, 'p50Ms' | 'items' | 'cost'>> {
  const samples: number[] = []
  let cost = ''
  let items = 0
  for (let index = -50; index < SAMPLES; index++) {
    const before = performance.now()
    const response = await fetch(url, { headers: { Authorization: `Bearer ${JWT}` } })
    const body = await response.json()
    if (index >= 0) samples.push(performance.now() - before)
    if (response.status !== 200) throw new Error(`${url}: ${response.status}`)
    cost = /"(.*)"/.exec(response.headers.get('server-timing') ?? '')?.[1] ?? ''
    items = body.data?.length ?? 1
  }
  return { p50Ms: quantile(samples, 0.5), items, cost }
}

/** Writes films with their indexes, as the writers would. */
async function load(redis: Redis, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += BATCH) {
    const pipeline = redis.pipeline()
    const members = new Map<string, (string | number)[]>()
    for (let index = start; index < Math.min(start + BATCH, to); index++) {
      const id = `Film ${String(index).padStart(7, '0')}`
      const stored = [`Person ${index % 50_000}`, String(1_900 + (index % 120))]
      pipeline.hset(`movie:${id}`, 'director', stored[0] ?? '', 'year', stored[1] ?? '')
      for (const { key, member } of membersOf(movies, id, stored)) {
        const own = members.get(key) ?? []
        own.push(0, member)
        members.set(key, own)
      }
    }
    for (const [key, words] of members) pipeline.zadd(key, ...words)
    await pipeline.exec()
  }
  const { states, fingerprints } = keptIndexesOf(movies)
  for (const [key, print] of fingerprints) await redis.hset(states, key, `${print}:0:whole`)
  const words = keys.words(movies.name)
  if (fingerprints.has(words)) await redis.zadd(words, 0, '')
  // Nothing to heal while it is measured.
  await redis.hset('healed', 'at', String(Date.now() + 3_600_000))
}

async function indexBytes(redis: Redis): Promise<number> {
  let bytes = 0
  for (const key of await redis.keys('*:movies*')) {
    bytes += Number(await redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '1000'))
  }
  return bytes
}
