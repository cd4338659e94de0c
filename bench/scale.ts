import { Redis } from 'ioredis'
import { movies } from '../lib/collections/movies.ts'
import { keptIndexesOf } from '../lib/items/declaration.ts'
import { membersOf } from '../lib/items/indexing.ts'
import { quantile, signIn, startRig } from './rig.ts'

const HELP = `npm run bench -- scale [serve|start]

What a read costs with 4, 1,000, 100,000 and 1,000,000 films, and with 1,000,000 keys besides that are
nobody's: trips, commands, p50 in milliseconds, and the memory of the indexes for each film.`

const SIZES = [4, 1_000, 100_000, 1_000_000]
const UNRELATED = 1_000_000
const SAMPLES = 400
const BATCH = 5_000

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(HELP)
    return
  }
  const rig = await startRig(process.argv.includes('start') ? 'start' : 'serve')
  process.once('SIGINT', () => void rig.stop().then(() => process.exit(130)))
  const redis = new Redis(rig.redisUrl)
  const { JWT } = await signIn(rig.origin)
  const timed = async (path: string): Promise<{ p50: number; cost: string; found: number }> => {
    const samples: number[] = []
    let cost = ''
    let found = 0
    for (let index = -50; index < SAMPLES; index++) {
      const before = performance.now()
      const headers = { Authorization: `Bearer ${JWT}` }
      const response = await fetch(`${rig.origin}${path}`, { headers })
      const body = await response.json()
      if (index >= 0) samples.push(performance.now() - before)
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
      cost = /"(.*)"/.exec(response.headers.get('server-timing') ?? '')?.[1] ?? ''
      found = body.data?.length ?? 1
    }
    return { p50: quantile(samples, 0.5), cost, found }
  }

  for (const key of await redis.keys('movie:*')) await redis.del(key)
  for (const key of await redis.keys('*:movies*')) await redis.del(key)
  console.log('| films | other keys | read | p50 ms | items | waited for | index bytes a film |')
  console.log('|---|---|---|---|---|---|---|')
  let loaded = 0
  const measure = async (others: number): Promise<void> => {
    const memory = others === 0 ? await indexBytes(redis) : 0
    const middle = encodeURIComponent(`Film ${String(Math.floor(loaded / 2)).padStart(7, '0')}`)
    for (const [name, path] of [
      ['get', `/api/movies/${middle}`],
      ['list of 50', '/api/movies'],
      ['50 by year', '/api/movies?sort=-year,director'],
      ['50 of a decade', '/api/movies?year[gte]=1960&year[lt]=1970&sort=year'],
      ['50 of a director', '/api/movies?director=Person%203'],
    ] as const) {
      const { p50, cost, found } = await timed(path)
      const bytes = memory === 0 ? '' : (memory / loaded).toFixed(0)
      console.log(
        `| ${loaded} | ${others} | ${name} | ${p50.toFixed(2)} | ${found} | ${cost} | ${bytes} |`,
      )
    }
  }
  for (const size of SIZES) {
    await load(redis, loaded, size)
    loaded = size
    await measure(0)
  }
  for (let start = 0; start < UNRELATED; start += BATCH) {
    const words = Array.from({ length: BATCH }, (_, index) => [`other:${start + index}`, 'x'])
    await redis.mset(...words.flat())
  }
  await measure(UNRELATED)
  redis.disconnect()
  await rig.stop()
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

await main()
