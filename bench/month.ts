import { parseArgs } from 'node:util'
import { startIsolates } from '../test/support/isolates.ts'

const HELP = `npm run bench -- month [--isolates 4]

Requests of one account that come to several isolates at once, on a real Redis, in simulated time: how many
more than its month they admit. Ends with 1 when that is more than one hundredth of the month for each
isolate, or more than 1,000.`

/** How requests come: so many at once, every so often, and so far from the store. */
const CROWDS = [
  { how: 'one after the other', month: 2_000, atOnce: 1, everyMs: 5, wayMs: 2 },
  { how: 'by hundreds, 25 ms from the store', month: 2_000, atOnce: 100, everyMs: 10, wayMs: 25 },
  { how: 'all at once', month: 2_000, atOnce: 1e9, everyMs: 1, wayMs: 25 },
  { how: 'a small month, all at once', month: 50, atOnce: 1e9, everyMs: 1, wayMs: 25 },
  { how: 'a large month, near its end', month: 3_000_000, atOnce: 1e9, everyMs: 1, wayMs: 500 },
]

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      isolates: { type: 'string', default: '4' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const count = Number(values.isolates)
  const rig = await startIsolates(Date.UTC(2026, 10, 10))
  let broken = 0
  for (const { how, month, atOnce, everyMs, wayMs } of CROWDS) {
    await rig.command('FLUSHALL')
    const isolates = rig.isolates(count, {})
    isolates.deadlineMs = 600_000
    const ask = (isolate: number) => isolates.ask(isolate, 'month', 'a', true, month)
    await Promise.all(isolates.limiters.map((_, isolate) => ask(isolate)))
    const left = Math.min(month - count, 4_000)
    const [key = ''] = isolates.calls[0]?.keys ?? []
    if (month - count > left) {
      await rig.command('SET', key, String(month - left))
      // They hear of it with what they tell next.
      await Promise.all(isolates.limiters.map((_, isolate) => ask(isolate)))
      await isolates.pass(1_000)
    }
    const before = Number(String(await rig.command('GET', key)))
    isolates.wayMs = wayMs
    const asked: ReturnType<typeof ask>[] = []
    const requests = 3 * left
    for (let index = 0; index < requests; index++) {
      asked.push(ask(index % count))
      if (index % atOnce === atOnce - 1) await isolates.pass(everyMs)
    }
    await isolates.pass(10_000)
    const passed = (await Promise.all(asked)).filter((decision) => decision?.allowed).length
    const over = Math.max(0, before + passed - month)
    const allowed = Math.min(Math.floor(month / 100), 1_000)
    const isKept = over <= count * allowed
    if (!isKept) broken++
    console.log(
      `${isKept ? 'kept  ' : 'BROKEN'}  ${how}: month of ${month}, ${requests} requests, ${over} beyond it (${count} × ${allowed} at most), ${isolates.calls.length} calls`,
    )
  }
  await rig.close()
  return broken === 0 ? 0 : 1
}

process.exit(await main())
