import { connect } from '../lib/store/client/redis.ts'

/**
 * What one REST call costs a plain Node process: pipelines of the three `HMGET` of a get, 32 in flight,
 * through the client that Usher uses. Prints the calls and the milliseconds of CPU they took.
 */
const seconds = Number(process.argv[2] ?? '1.5')
const IN_FLIGHT = 32
const redis = connect({
  url: process.env['UPSTASH_REDIS_REST_URL'] ?? '',
  token: process.env['UPSTASH_REDIS_REST_TOKEN'] ?? '',
})

async function call(): Promise<void> {
  const pipeline = redis.pipeline()
  pipeline.hmget('session:none', 'st', 'uid', 'gen')
  pipeline.hmget('user:me@home.org', 'level', 'disabled', 'emailVerified', 'gen')
  pipeline.hmget('movie:Pulp Fiction', 'director', 'year')
  await pipeline.exec({ keepErrors: true })
}

async function callFor(ms: number): Promise<number> {
  const ends = performance.now() + ms
  let calls = 0
  const lane = async (): Promise<void> => {
    for (; performance.now() < ends; calls++) await call()
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
  return calls
}

await callFor(1_000)
const before = process.cpuUsage()
const calls = await callFor(seconds * 1_000)
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ calls, cpuMs: (user + system) / 1_000 }))
