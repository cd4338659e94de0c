import { writeFile } from 'node:fs/promises'
import { arch, cpus, platform } from 'node:os'
import { parseArgs } from 'node:util'
import type { Undo } from './world/databases.ts'
import { measureLate } from './world/late.ts'
import { measureLatency } from './world/latency.ts'
import { measureOwnWrites } from './world/own-writes.ts'
import { LOCAL_TRIP_MS } from './world/region.ts'
import { type Part, table } from './world/report.ts'
import { measureRevocation } from './world/revocation.ts'
import { PATIENCE_MS, REGIONS, startWorld, type World } from './world/start.ts'

const HELP = `npm run bench -- world [--samples 200] [--trials 10] [--host serve|start]
                       [--part latency|own-writes|revocation|late]

Three regions of a database with two read replicas, real ones, an Usher in each: what operations cost
and which database serves them, whether a read sees the write before it, and how long an ended
session is served while the replicas are two seconds behind. Writes bench/world.md when all parts
ran; ends with 1 when a promise is broken.`

const PARTS = {
  latency: {
    title: 'Latency, and who served it',
    note: 'What was waited for is of `Server-Timing`; the last two columns count what the gateway of the region passed on, in the background too. In the region of the primary the nearest database is the primary.',
    measure: (world: World, { samples }: Counts) => measureLatency(world, samples),
  },
  'own-writes': {
    title: 'A read after a write',
    note: 'Create and replace in turn, each read back at once through the same server. `replica`: it had the write; `caught up`: the read waited for that; `behind`: the primary answered. The others read a film. Then: a client that writes in one region and goes on in another, with `Usher-Sync` and without.',
    measure: (world: World, { samples }: Counts) => measureOwnWrites(world, Math.ceil(samples / 2)),
  },
  revocation: {
    title: 'Sessions while the replicas are two seconds behind',
    note: 'Times are from the answer to who ended the session, to the last answer that served it; logging out and ending all sessions in turn.',
    measure: (world: World, { trials }: Counts) => measureRevocation(world, trials),
  },
  late: {
    title: 'What else two seconds of lag do',
    note: 'The sync token is of all requests of an app: a stranger’s read waits too. Passwords are changed in the region of the primary.',
    measure: (world: World) => measureLate(world),
  },
} as const

interface Section extends Part {
  title: string
  note: string
}

interface Counts {
  samples: number
  trials: number
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      samples: { type: 'string', default: '200' },
      trials: { type: 'string', default: '10' },
      host: { type: 'string', default: 'serve' },
      part: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const samples = Number(values.samples)
  const trials = Number(values.trials)
  const host = values.host === 'start' ? 'start' : 'serve'
  const isCount = (count: number): boolean => Number.isInteger(count) && count > 0
  const known = values.part === undefined || Object.hasOwn(PARTS, values.part)
  if (values.help || !isCount(samples) || !isCount(trials) || !known) {
    console.log(HELP)
    return values.help ? 0 : 2
  }
  const undo: Undo = []
  const starting = startWorld(host, undo)
  const stop = async (): Promise<void> => {
    await starting.catch(() => undefined)
    for (const step of undo.splice(0).reverse()) await step().catch(() => undefined)
  }
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true
      void stop().then(() => process.exit(130))
    })
  }
  try {
    const world = await starting
    const parts: Section[] = []
    for (const [name, { title, note, measure }] of Object.entries(PARTS)) {
      if (values.part !== undefined && values.part !== name) continue
      console.error(title)
      const part = { title, note, ...(await measure(world, { samples, trials }).catch(failed)) }
      // What fails from here on fails because everything is being ended.
      if (interrupted) return 130
      parts.push(part)
      console.log(section(part))
    }
    if (values.part === undefined) await writeFile('bench/world.md', report(parts, host))
    return parts.every(({ faults }) => faults.length === 0) ? 0 : 1
  } finally {
    if (!interrupted) await stop()
  }
}

function report(parts: readonly Section[], host: string): string {
  const [cpu] = cpus()
  const machine = `${cpus().length} × ${cpu?.model.trim()}, ${platform()} ${arch()}, Node ${process.version}`
  const matrix = table(
    ['there and back, ms', ...REGIONS.map(({ name }) => name)],
    REGIONS.map(({ name, primaryTripMs }) => [
      name,
      ...REGIONS.map((other) => {
        if (other.name === name) return LOCAL_TRIP_MS
        return Math.min(primaryTripMs, other.primaryTripMs) === 0
          ? primaryTripMs + other.primaryTripMs
          : 'no traffic'
      }),
    ]),
  )
  return [
    '# A database in three regions\n',
    `\`npm run bench -- world\`, ${new Date().toISOString().slice(0, 10)}, ${machine}; Usher under \`npm run ${host}\`.\n`,
    'One primary and two read replicas (`redis-server`, its own replication), all on this machine with delays between them; clients are beside the Usher that they ask. A read that carries a sync token waits for its replica to have what the token stands for;',
    `the primary answers it after ${PATIENCE_MS} ms. A token is an offset in the primary’s stream of changes.\n`,
    `${matrix}\n`,
    ...parts.map(section),
  ].join('\n')
}

function section({ title, note, markdown, faults }: Section): string {
  const verdict =
    faults.length === 0 ? ['No promise is broken.'] : faults.map((fault) => `- ${fault}`)
  return `## ${title}\n\n${note}\n\n${markdown}\n\n${verdict.join('\n')}\n`
}

/** A part that did not come to its end. */
function failed(error: unknown): Part {
  return { markdown: '', faults: [String(error)] }
}

process.exitCode = await main()
