import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import type { UsageReport } from '../lib/usage/read-usage.ts'
import type { UsageRow } from '../lib/usage/rows.ts'
import { RIG_HOSTS, type Rig, signIn, startRig } from './rig.ts'
import { type Asked, chargeOf, REQUESTS } from './usage-requests.ts'

const HELP = `npm run bench -- usage [--requests 20000] [--restarts 8] [--host serve|direct|start|workerd]

Mixed requests of several users by REST, GraphQL and tools, with sessions and API keys, some refused and some
denied; now and then the server is ended and started anew. Ends with 1 unless usage is what the request log and
the client say, by hour, operation and API key, and the month of each user what the three faces were charged. A
machine that is so busy that the store does not answer in time shows no more than that log and usage agree.`

const AT_ONCE = 6
/** Usage is right so long after the last request. */
const RIGHT_WITHIN_MS = 60_000

/** Requests, those denied, and other failures; by hour, operation or API key. */
type Counts = Map<string, [requests: number, denied: number, errors: number]>

/** One user, and what the client saw of their requests. */
class Member {
  readonly operations: Counts = new Map()
  readonly keys: Counts = new Map()
  charged = 0
  token = ''
  key = { id: '', secret: '' }
  readonly address: string
  readonly plan: string
  /** Of the API key, in requests a minute. */
  readonly keyLimit: number | undefined

  constructor(address: string, plan: string, keyLimit?: number) {
    this.address = address
    this.plan = plan
    this.keyLimit = keyLimit
  }

  get isLimited(): boolean {
    return this.plan !== 'free' || this.keyLimit !== undefined
  }

  saw(asked: Pick<Asked, 'operation' | 'by'>, status: number, charge: number): void {
    add(this.operations, asked.operation, status)
    add(this.keys, asked.by === 'key' ? this.key.id : '', status)
    this.charged += charge
  }
}

function add(counts: Counts, name: string, status: number): void {
  const [requests, denied, errors] = counts.get(name) ?? [0, 0, 0]
  const isDenied = status === 429
  const isError = status >= 400 && !isDenied
  counts.set(name, [requests + 1, denied + Number(isDenied), errors + Number(isError)])
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      requests: { type: 'string', default: '20000' },
      restarts: { type: 'string', default: '8' },
      host: { type: 'string', default: 'serve' },
      help: { type: 'boolean', default: false },
    },
  })
  const host = RIG_HOSTS.find((name) => name === values.host)
  if (values.help || host === undefined) {
    console.log(HELP)
    return values.help ? 0 : 2
  }
  const requests = Number(values.requests)
  const plans = { short: { month: Math.floor(requests / 20) }, slow: { minute: 300 } }
  const rig = await startRig(host, { PLANS: JSON.stringify(plans) })
  process.once('SIGINT', () => void rig.stop().then(() => process.exit(130)))
  try {
    return await soak(rig, requests, Number(values.restarts))
  } finally {
    await rig.stop()
  }
}

async function soak(rig: Rig, requests: number, restarts: number): Promise<number> {
  const members = [
    new Member('one@home.org', 'free'),
    new Member('two@home.org', 'free'),
    new Member('short@home.org', 'short'),
    new Member('slow@home.org', 'slow'),
    new Member('key@home.org', 'free', 60),
  ]
  const admin = new Member('boss@home.org', 'free')
  await enter(rig, [...members, admin])
  let log = ''
  const statuses = new Map<number, number>()
  let next = 0
  const ask = async (until: number): Promise<void> => {
    while (next < until) {
      const index = next++
      const member = members[Math.floor(index / REQUESTS.length) % members.length]
      const asked = REQUESTS[index % REQUESTS.length]
      if (member === undefined || asked === undefined) throw new TypeError('nobody')
      const status = await send(rig, member, asked, index)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  for (let part = 1; part <= restarts + 1; part++) {
    const until = Math.round((requests * part) / (restarts + 1))
    await Promise.all(Array.from({ length: AT_ONCE }, () => ask(until)))
    const { server } = rig
    await rig.restart()
    log += server.output()
    console.log(`${until} requests, and another server`)
  }
  const seen = [...statuses].sort().map(([status, count]) => `${count} × ${status}`)
  console.log(`answers: ${seen.join(', ')}`)
  const lines = linesOf(log)
  // Of an API key that the gate cannot look up nobody knows whose it is, and isolates count alone for a while.
  const outages = (statuses.get(503) ?? 0) + (log.match(/"event":"quota\.not-/g)?.length ?? 0)
  const end = Date.now() + RIGHT_WITHIN_MS
  let compared = await Promise.all(members.map((each) => compare(rig, admin, each, lines)))
  while (compared.some(({ wrong }) => wrong.length > 0) && outages === 0 && Date.now() < end) {
    await sleep(1_000)
    compared = await Promise.all(members.map((each) => compare(rig, admin, each, lines)))
  }
  for (const { report } of compared) console.log(report)
  const wrong = compared.flatMap((each) => each.wrong)
  for (const line of wrong.slice(0, 40)) console.log(line)
  console.log(wrong.length === 0 ? 'Nothing differs.' : `${wrong.length} differences.`)
  if (outages > 0) {
    const inLog = compared.flatMap((each) => each.wrongInLog).length
    console.log(
      `${outages} times the store was too late: ${inLog} differences of log and usage count.`,
    )
  }
  return wrong.length === 0 ? 0 : 1
}

/** Makes the accounts and their API keys. */
async function enter(rig: Rig, members: readonly Member[]): Promise<void> {
  const redis = new Redis(rig.redisUrl)
  const password = (await redis.hget('user:me@home.org', 'password')) ?? ''
  for (const member of members) {
    const { address, plan, keyLimit: limit } = member
    const level = address.startsWith('boss') ? '9' : '0'
    await redis.hset(`user:${address}`, { password, plan, level })
    member.token = (await signIn(rig.origin, address)).JWT
    const made = await fetch(`${rig.origin}/api/keys`, {
      method: 'POST',
      headers: { ...bearer(member.token), 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'K', scopes: ['movies:read', 'reviews:write'], limit }),
    })
    const { id, key } = await made.json()
    member.key = { id, secret: key }
    member.saw({ operation: 'POST /api/keys', by: 'session' }, made.status, 1)
  }
  redis.disconnect()
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` }
}

async function send(rig: Rig, member: Member, given: Asked, index: number): Promise<number> {
  const asked: Asked = given.isDear && member.isLimited ? { ...given, ...PLAIN } : given
  const credential = {
    session: bearer(member.token),
    key: { 'X-API-Key': member.key.secret },
    nobody: {},
    garbage: bearer('x.y.z'),
  }[asked.by]
  const body = asked.body?.(index)
  const response = await fetch(`${rig.origin}${asked.path}`, {
    method: asked.operation.split(' ')[0] ?? '',
    headers: { ...credential, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body }),
  })
  const { status } = response
  const answer = await response.text()
  const isTheirs = asked.by === 'session' || asked.by === 'key'
  if (isTheirs) member.saw(asked, status, chargeOf(asked, status, answer))
  return status
}

/** In the place of what is dear. */
const PLAIN = { body: () => '{"query":"{ __typename }"}' }

interface Line {
  time: string
  user: string
  operation: string
  key?: string
  status: number
}

function linesOf(log: string): Line[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"event":"request"'))
    .map((line) => JSON.parse(line))
    .filter(({ operation }) => operation !== 'POST /api/auth/signin')
}

/** What differs of one user. */
async function compare(
  { origin }: Rig,
  admin: Member,
  member: Member,
  lines: readonly Line[],
): Promise<{ report: string; wrong: string[]; wrongInLog: string[] }> {
  const ask = async (split: string): Promise<UsageReport> => {
    const url = `${origin}/api/users/${member.address}/usage?by=hour${split}`
    const response = await fetch(url, { headers: bearer(admin.token) })
    if (response.status !== 200) throw new Error(`${url}: ${response.status}`)
    return response.json()
  }
  const id = JSON.parse(Buffer.from(member.token.split('.')[1] ?? '', 'base64url').toString()).sub
  const own = lines.filter(({ user }) => user === id)
  const check = (what: string, wanted: Counts, found: Counts): string[] =>
    [...new Set([...wanted.keys(), ...found.keys()])].flatMap((name) => {
      const [one, other] = [wanted.get(name)?.join(' '), found.get(name)?.join(' ')]
      return one === other ? [] : [`${member.address}, ${what}, ${name}: ${one} and ${other}`]
    })
  const wrong: string[] = []
  const wrongInLog: string[] = []
  const [byOperation, byKey] = [await ask('&split=operation'), await ask('&split=key')]
  const hour = ({ time }: { time: string }): string => time.slice(0, 13)
  for (const [what, report, nameOf, seen] of [
    ['operation', byOperation, (row: Named) => row.operation ?? '', member.operations],
    ['API key', byKey, (row: Named) => row.key ?? '', member.keys],
  ] as const) {
    const logged = counted(own, (line) => `${hour(line)} ${nameOf(line)}`)
    const byHour = told(report, (row) => `${hour(row)} ${nameOf(row)}`)
    wrongInLog.push(...check(`${what}: log and usage`, logged, byHour))
    wrong.push(...check(`${what}: client and usage`, seen, told(report, nameOf)))
  }
  wrong.push(...wrongInLog)
  const { used } = byKey.month
  if (used !== member.charged) {
    wrong.push(`${member.address}: charged ${member.charged}, the month says ${used}`)
  }
  const { requests, denied, errors } = byKey.total
  const report = `${member.address}: ${requests} requests, ${denied} denied, ${errors} errors, ${used} charged`
  return { report, wrong, wrongInLog }
}

type Named = Pick<UsageRow, 'operation' | 'key'>

function counted(lines: readonly Line[], nameOf: (line: Line) => string): Counts {
  const counts: Counts = new Map()
  for (const line of lines) add(counts, nameOf(line), line.status)
  return counts
}

function told({ data }: UsageReport, nameOf: (row: UsageRow) => string): Counts {
  const counts: Counts = new Map()
  for (const row of data) {
    const [requests, denied, errors] = counts.get(nameOf(row)) ?? [0, 0, 0]
    counts.set(nameOf(row), [requests + row.requests, denied + row.denied, errors + row.errors])
  }
  return counts
}

process.exitCode = await main()
