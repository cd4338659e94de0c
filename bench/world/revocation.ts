import { setTimeout as sleep } from 'node:timers/promises'
import { behind, LAG_MS } from './behind.ts'
import { call, FILM, must, signIn, type Tokens } from './client.ts'
import { isSecondTry } from './commands.ts'

import { milliseconds, type Part, table, tally } from './report.ts'
import { makeAccounts, type Region, settle, type World } from './start.ts'

const POLL_MS = 20
/** Past the bound: an access after this long is none that the lag explains. */
const MARGIN_MS = 300
const REFRESHES = 12

interface Session extends Tokens {
  user: string
}

/** How long an ended session is served, and whether a new one is, with both replicas behind. */
export function measureRevocation(world: World, trials: number): Promise<Part> {
  return behind(world, async () => {
    const parts = [
      await untilRefused(world, trials),
      await refreshAtOnce(world),
      await freshTokens(world, 50),
    ]
    return {
      markdown: parts.map(({ markdown }) => markdown).join('\n\n'),
      faults: parts.flatMap(({ faults }) => faults),
    }
  })
}

/** Ends sessions in each region in turn, and asks in all until they refuse. */
async function untilRefused(world: World, trials: number): Promise<Part> {
  const { regions } = world
  console.error('  signing in')
  const sessions = await openSessions(world, 'ended', trials * regions.length)
  await settle(world)
  const rows: unknown[][] = []
  const faults: string[] = []
  for (const [index, ending] of regions.entries()) {
    const found = new Map<Region, { after: number[]; late: number; strange: number[] }>(
      regions.map((region) => [region, { after: [], late: 0, strange: [] }]),
    )
    for (const [trial, session] of sessions.slice(index * trials, (index + 1) * trials).entries()) {
      if (trial % 10 === 0) console.error(`  ended in ${ending.name}: trial ${trial}`)
      // Until no app has a write of before on its mind: it would make its reads fresher.
      await settle(world)
      await Promise.all(regions.map((region) => must(200, region, FILM, { token: session.JWT })))
      await end(ending, session, trial % 2 === 0)
      const ended = performance.now()
      await Promise.all(
        regions.map(async (region) => {
          const { after, late, strange } = await pollUntilRefused(region, session.JWT, ended)
          const all = found.get(region)
          all?.after.push(after)
          all?.strange.push(...strange)
          if (all !== undefined) all.late += late
        }),
      )
    }
    for (const [region, { after, late, strange }] of found) {
      rows.push([
        ending.name,
        region.name,
        after.length,
        milliseconds(after, 0.5),
        milliseconds(after, 1),
        late,
        tally(strange),
      ])
      const bound = (region.line?.lagMs ?? 0) + MARGIN_MS
      const where = `ended in ${ending.name}, asked in ${region.name}`
      if (Math.max(...after) > bound) faults.push(`${where}: served after ${bound} ms`)
      if (late > 0) faults.push(`${where}: served ${late} times after it was refused`)
    }
  }
  const head = ['ended in', 'asked in', 'n', 'last served after, median ms', 'max ms']
  const more = ['served after a refusal', 'other answers']
  return { markdown: table([...head, ...more], rows), faults }
}

async function end(region: Region, { JWT }: Session, alone: boolean): Promise<void> {
  if (alone) await must(204, region, '/api/auth/logout', { method: 'POST', token: JWT })
  else await must(204, region, '/api/auth/sessions', { method: 'DELETE', token: JWT })
}

/** Times from the answer to the one who ended the session, to when the last request was served. */
async function pollUntilRefused(
  region: Region,
  token: string,
  ended: number,
): Promise<{ after: number; late: number; strange: number[] }> {
  let after = 0
  let late = 0
  let refusedAt: number | undefined
  const strange: number[] = []
  while (performance.now() - (refusedAt ?? ended) < (refusedAt === undefined ? 3 * LAG_MS : 300)) {
    const { status } = await call(region, FILM, { token })
    const answered = performance.now()
    if (status === 200) after = answered - ended
    if (status === 200 && refusedAt !== undefined) late++
    if (status === 401) refusedAt ??= answered
    if (status !== 200 && status !== 401) strange.push(status)
    await sleep(POLL_MS)
  }
  return { after, late, strange }
}

/** The refresh token of a session that was ended a moment ago, everywhere. */
async function refreshAtOnce(world: World): Promise<Part> {
  const sessions = await openSessions(world, 'refreshed', REFRESHES)
  const statuses = new Map<Region, number[]>(world.regions.map((region) => [region, []]))
  for (const [trial, session] of sessions.entries()) {
    const ending = world.regions[trial % world.regions.length] as Region
    await end(ending, session, true)
    const body = { refresh: session.refresh }
    await Promise.all(
      world.regions.map(async (region) => {
        const sent = { method: 'POST', body }
        statuses.get(region)?.push((await call(region, '/api/auth/refresh', sent)).status)
      }),
    )
  }
  const rows = [...statuses].map(([region, all]) => [region.name, all.length, tally(all)])
  const wrong = [...statuses.values()].flat().filter((status) => status !== 401).length
  return {
    markdown: table(['refresh after logout, in', 'n', 'answers'], rows),
    faults: wrong > 0 ? [`${wrong} refreshes of an ended session were not answered 401`] : [],
  }
}

/** A token straight from sign-in, used at once in every region: the replicas do not know it. */
async function freshTokens(world: World, trials: number): Promise<Part> {
  const users = await makeAccounts(world, 'fresh', trials)
  await settle(world)
  const found = world.regions.map((region) => ({
    region,
    statuses: [] as number[],
    times: [] as number[],
    ways: [] as string[],
  }))
  for (const [trial, user] of users.entries()) {
    if (trial % 10 === 0) console.error(`  fresh tokens: trial ${trial}`)
    // Without a write of before on its mind, a region's app must ask twice.
    await sleep(LAG_MS + 100)
    const { JWT } = await signIn(world.regions[0] as Region, user)
    await Promise.all(
      found.map(async ({ region, statuses, times, ways }) => {
        const { calls } = region.gateway
        const from = calls.length
        const { status, ms } = await call(region, FILM, { token: JWT })
        statuses.push(status)
        times.push(ms)
        const own = calls.slice(from)
        const second = own.some(({ commands }) => commands.some(isSecondTry))
        const behind = own.some(({ served }) => served === 'behind')
        ways.push(second ? 'asked twice' : behind ? 'by the primary' : 'at once')
      }),
    )
  }
  const rows = found.map(({ region, statuses, times, ways }) => [
    region.name,
    statuses.length,
    tally(statuses),
    tally(ways),
    milliseconds(times, 0.5),
    milliseconds(times, 1),
  ])
  const failed = found.flatMap(({ statuses }) => statuses).filter((status) => status !== 200).length
  return {
    markdown: table(
      ['fresh token, in', 'n', 'answers', 'how it was found', 'p50 ms', 'max ms'],
      rows,
    ),
    faults: failed > 0 ? [`${failed} fresh tokens were refused`] : [],
  }
}

async function openSessions(world: World, prefix: string, count: number): Promise<Session[]> {
  const users = await makeAccounts(world, prefix, count)
  await settle(world)
  const sessions: Session[] = []
  for (const user of users) {
    const { JWT, refresh } = await signIn(world.regions[0] as Region, user)
    sessions.push({ user, JWT, refresh })
  }
  return sessions
}
