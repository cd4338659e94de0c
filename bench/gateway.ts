import { redisEngine } from '../local/gateway/engine.ts'
import { startGateway } from '../local/gateway/server.ts'
import { type Counts, serveCounts } from './counts.ts'

/** Our gateway in a process of its own, so that its work is not the load generator's. */
const counts: Counts = { trips: 0, commands: 0 }
const gateway = await startGateway({
  engine: await redisEngine(process.env['REDIS_URL'] ?? ''),
  token: process.env['TOKEN'] ?? '',
  onTrip: ({ commands }) => {
    counts.trips++
    counts.commands += commands.length
  },
})
const control = await serveCounts(() => ({ rest: counts }))
console.log(`listens on ${JSON.stringify({ url: gateway.url, control })}`)
