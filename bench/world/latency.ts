import { type Answered, must, review, signIn, type Tokens } from './client.ts'
import { isOfNoRequest, isSecondTry } from './commands.ts'
import type { Call } from './region.ts'
import { milliseconds, type Part, table, tally } from './report.ts'
import { makeAccounts, type Region, settle, type World } from './start.ts'

interface Operation {
  name: string
  samples: number
  /** Whether it only reads: nothing that it waits for may be asked of the primary. */
  reads: boolean
  once(index: number): Promise<Answered>
}

const WARM_UP = 5

/** What each operation costs in each region, and which database served it. */
export async function measureLatency(world: World, samples: number): Promise<Part> {
  const users = await makeAccounts(world, 'latency', world.regions.length)
  const rows: unknown[][] = []
  const faults: string[] = []
  for (const [index, region] of world.regions.entries()) {
    const operations = await operationsIn(region, users[index] ?? '', samples)
    for (const operation of operations) {
      console.error(`  ${region.name}: ${operation.name}`)
      for (let warm = 0; warm < WARM_UP; warm++) await operation.once(warm)
      await settle(world)
      const { calls } = region.gateway
      const from = calls.length
      const answers: Answered[] = []
      for (let sample = 0; sample < operation.samples; sample++) {
        answers.push(await operation.once(WARM_UP + sample))
      }
      await settle(world)
      const own = calls.slice(from)
      rows.push([region.name, operation.name, ...cells(answers, own)])
      faults.push(...faultsOf(own, operation).map((fault) => `${region.name}: ${fault}`))
    }
  }
  const refused = await world.refusedWrites()
  if (refused > 0) faults.push(`${refused} writes were sent to a replica`)
  const head = ['region', 'operation', 'n', 'p50 ms', 'p99 ms', 'slowest ms', 'waited for']
  const served = ['served by the nearest database', 'sent to the primary']
  return { markdown: table([...head, ...served], rows), faults }
}

async function operationsIn(region: Region, user: string, samples: number): Promise<Operation[]> {
  let tokens: Tokens = await signIn(region, user)
  const few = Math.ceil(samples / 5)
  const post = { method: 'POST' }
  const get = (path: string) => () => must(200, region, path, { token: tokens.JWT })
  return [
    {
      name: 'sign in',
      samples: Math.ceil(samples / 10),
      reads: false,
      once: async () => {
        const { answered, ...fresh } = await signIn(region, user)
        tokens = fresh
        return answered
      },
    },
    {
      name: 'refresh',
      samples: few,
      reads: false,
      once: async () => {
        const body = { refresh: tokens.refresh }
        const answered = await must(200, region, '/api/auth/refresh', { ...post, body })
        const { JWT, refresh } = answered.body
        tokens = { JWT: String(JWT), refresh: String(refresh) }
        return answered
      },
    },
    { name: 'get a film', samples, reads: true, once: get('/api/movies/Pulp%20Fiction') },
    { name: 'list 50 films', samples, reads: true, once: get('/api/movies?limit=50') },
    {
      name: 'get a book, public',
      samples,
      reads: true,
      once: () => must(200, region, '/api/books/emma'),
    },
    {
      name: 'the same, first of an address in a minute',
      samples: few,
      reads: true,
      once: (index) => {
        const from = `198.51.${region.name.charCodeAt(0)}.${index}`
        return must(200, region, '/api/books/emma', { from })
      },
    },
    {
      name: 'create a review',
      samples: few,
      reads: false,
      once: (index) =>
        must(201, region, '/api/reviews', {
          ...post,
          token: tokens.JWT,
          body: review(`number ${index}`),
        }),
    },
  ]
}

function cells(answers: readonly Answered[], calls: readonly Call[]): unknown[] {
  const times = answers.map(({ ms }) => ms)
  const near = calls.filter(({ served }) => served === 'replica' || served === 'caught up')
  const far = calls.filter(({ served }) => served === 'primary' || served === 'behind')
  return [
    answers.length,
    milliseconds(times, 0.5),
    milliseconds(times, 0.99),
    milliseconds(times, 1),
    tally(answers.map(({ cost }) => cost)),
    tally(near.flatMap(({ commands }) => commands)),
    tally(far.flatMap(({ commands }) => commands)),
  ]
}

function faultsOf(calls: readonly Call[], { name, reads }: Operation): string[] {
  const behind = calls.filter(({ served }) => served === 'behind').length
  const names = calls.flatMap(({ served, commands }) => (served === 'primary' ? commands : []))
  const second = names.filter(isSecondTry).length
  const wrote = names.filter((each) => !isSecondTry(each) && !isOfNoRequest(each))
  return [
    behind > 0 ? `${name}: ${behind} reads were served by the primary` : '',
    reads && second > 0 ? `${name}: the primary was asked ${second} times for a session` : '',
    reads && wrote.length > 0 ? `${name}: a read sent ${tally(wrote)} to the primary` : '',
  ].filter((fault) => fault !== '')
}
