import { behind } from './behind.ts'
import { call, FILM, must, signIn } from './client.ts'
import { milliseconds, type Part, table, tally } from './report.ts'
import { makeAccounts, PATIENCE_MS, settle, type World } from './start.ts'

const TRIALS = 6

/** What else two seconds of lag do: to reads after a write, and to a password that was changed. */
export function measureLate(world: World): Promise<Part> {
  return behind(world, async () => {
    const parts = [await untilCaughtUp(world), await newPasswords(world)]
    return {
      markdown: parts.map(({ markdown }) => markdown).join('\n\n'),
      faults: parts.flatMap(({ faults }) => faults),
    }
  })
}

/** Reads after a sign-in in the same region, with a gateway that never asks the primary instead. */
async function untilCaughtUp(world: World): Promise<Part> {
  const rows: unknown[][] = []
  const users = await makeAccounts(world, 'patient', 2)
  for (const [index, patienceMs] of [PATIENCE_MS, Number.POSITIVE_INFINITY].entries()) {
    for (const region of world.regions.slice(1)) {
      region.gateway.patienceMs = patienceMs
      const own: number[] = []
      const other: number[] = []
      const times: number[] = []
      for (let trial = 0; trial < TRIALS; trial++) {
        await settle(world)
        const { JWT } = await signIn(region, users[index] ?? '')
        const [mine, theirs] = await Promise.all([
          call(region, FILM, { token: JWT }),
          call(region, '/api/books/emma'),
        ])
        own.push(mine.status)
        other.push(theirs.status)
        times.push(mine.ms, theirs.ms)
      }
      region.gateway.patienceMs = PATIENCE_MS
      const waits = Number.isFinite(patienceMs)
        ? `${patienceMs} ms, then the primary`
        : 'as long as it takes'
      rows.push([
        waits,
        region.name,
        tally(own),
        tally(other),
        milliseconds(times, 0.5),
        milliseconds(times, 1),
      ])
    }
  }
  const head = ['a read waits for its replica', 'region', 'own read after signing in']
  const more = ['a stranger’s public read', 'p50 ms', 'max ms']
  return { markdown: table([...head, ...more], rows), faults: [] }
}

/** Signs in with a password that was set elsewhere a moment ago, and with the one before it. */
async function newPasswords(world: World): Promise<Part> {
  const [home] = world.regions
  const found = world.regions.map((region) => ({
    region,
    now: [] as number[],
    old: [] as number[],
  }))
  if (home === undefined) return { markdown: '', faults: [] }
  for (const user of await makeAccounts(world, 'changed', TRIALS)) {
    await settle(world)
    const { JWT } = await signIn(home, user)
    const password = `a new one ${crypto.randomUUID()}`
    const sent = { method: 'POST', token: JWT, body: { current: 'password', password } }
    await must(204, home, '/api/auth/password', sent)
    for (const { region, now, old } of found) {
      const as = (word: string) => ({ method: 'POST', body: { user, password: word } })
      // The new one first: a refusal at the primary would let the region know of the change.
      now.push((await call(region, '/api/auth/signin', as(password))).status)
      old.push((await call(region, '/api/auth/signin', as('password'))).status)
    }
  }
  const rows = found.map(({ region, now, old }) => [region.name, tally(now), tally(old)])
  const accepted = found.flatMap(({ old }) => old).filter((status) => status === 200).length
  return {
    markdown: table(['password just changed, signed in in', 'the new one', 'the old one'], rows),
    faults: accepted > 0 ? [`${accepted} sign-ins with a password of before`] : [],
  }
}
