import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { FAULTS, type FaultName } from '../local/gateway/fault-proxy.ts'
import { quantile, RIG_HOSTS, signIn, startRig } from './rig.ts'

const HELP = `npm run bench -- soak [--minutes 10] [--rate 40] [--host start|serve|direct|workerd]

Mixed traffic at a fixed rate with store faults coming and going: counts answers, watches the
server's memory, and ends with 1 when a rejection was not handled, an answer was none of the
documented ones, or the memory grew by more than half after the first quarter.`

interface Sample {
  minute: number
  residentMB: number
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string', default: '40' },
      host: { type: 'string', default: 'start' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const minutes = Number(values.minutes)
  const host = RIG_HOSTS.find((name) => name === values.host)
  if (host === undefined) {
    console.error(HELP)
    return 1
  }
  const rig = await startRig(host)
  process.once('SIGINT', () => void rig.stop().then(() => process.exit(130)))
  const statuses = new Map<string, number>()
  const memory: Sample[] = []
  const slowest: number[] = []
  const faults = (Object.keys(FAULTS) as FaultName[]).filter((fault) => fault !== 'none')
  let tokens = await signIn(rig.origin)
  const started = Date.now()
  const elapsed = (): number => (Date.now() - started) / 60_000
  const json = { 'Content-Type': 'application/json' }

  const calls: [name: string, path: string, init: () => RequestInit][] = [
    ['get', '/api/movies/Pulp%20Fiction', () => bearer(tokens.JWT)],
    ['list', '/api/movies?limit=10', () => bearer(tokens.JWT)],
    ['public', '/api/books/emma', () => ({})],
    ['bad token', '/api/movies', () => bearer('bad.token.here')],
    ['profile', '/api/profile', () => bearer(tokens.JWT)],
    [
      'change',
      '/api/profile',
      () => ({
        method: 'PATCH',
        headers: { ...json, Authorization: `Bearer ${tokens.JWT}` },
        body: `{"name":"${Math.random()}"}`,
      }),
    ],
    [
      'sign in',
      '/api/auth/signin',
      () => ({
        method: 'POST',
        headers: json,
        body: '{"user":"me@home.org","password":"password"}',
      }),
    ],
    [
      'refresh',
      '/api/auth/refresh',
      () => ({ method: 'POST', headers: json, body: JSON.stringify({ refresh: 'x.y.z' }) }),
    ],
    ['nothing', '/api/nothing/here/at/all', () => ({})],
  ]
  const one = async (index: number): Promise<void> => {
    // Signing in costs a hundred milliseconds of a core: one in forty requests.
    const pick = index % 40 === 0 ? 6 : [0, 1, 2, 3, 4, 5, 7, 8][index % 8]
    const [name, path, init] = calls[pick ?? 0] ?? ['', '', () => ({})]
    const before = performance.now()
    let outcome: string
    try {
      const response = await fetch(`${rig.origin}${path}`, init())
      await response.arrayBuffer()
      outcome = String(response.status)
    } catch (error) {
      outcome = `no answer (${error instanceof Error ? error.name : 'unknown'})`
    }
    slowest.push(performance.now() - before)
    const key = `${name} ${outcome}`
    statuses.set(key, (statuses.get(key) ?? 0) + 1)
  }

  const running = new Set<Promise<void>>()
  let nextFault = 15_000
  let faultIndex = 0
  for (let index = 0; elapsed() < minutes; index++) {
    const call = one(index).finally(() => running.delete(call))
    running.add(call)
    const now = Date.now() - started
    if (now > nextFault) {
      const on = rig.proxy.fault === 'none'
      rig.proxy.fault = on ? (faults[faultIndex++ % faults.length] ?? 'none') : 'none'
      nextFault = now + (on ? 5_000 : 10_000)
    }
    if (index % (Number(values.rate) * 15) === 0) {
      memory.push({ minute: elapsed(), residentMB: residentMB(rig.server.process.pid ?? 0) })
      if (rig.proxy.fault === 'none' && elapsed() > 0.5) {
        tokens = await signIn(rig.origin).catch(() => tokens)
      }
    }
    await sleep(1_000 / Number(values.rate))
  }
  rig.proxy.fault = 'none'
  await Promise.all(running)
  const output = rig.server.output()
  await rig.stop()
  return report({ statuses, memory, slowest, output })
}

function report({
  statuses,
  memory,
  slowest,
  output,
}: {
  statuses: Map<string, number>
  memory: Sample[]
  slowest: number[]
  output: string
}): number {
  console.log('| operation and status | answers |\n|---|---|')
  for (const [key, count] of [...statuses].sort()) console.log(`| ${key} | ${count} |`)
  const quarter = memory.slice(Math.floor(memory.length / 4))
  const early = quantile(
    quarter.slice(0, 5).map(({ residentMB }) => residentMB),
    0.5,
  )
  const late = quantile(
    quarter.slice(-5).map(({ residentMB }) => residentMB),
    0.5,
  )
  console.log(
    `\nmemory by minute: ${memory.map(({ residentMB }) => residentMB.toFixed(0)).join(' ')}\nmemory: ${early.toFixed(0)} MB after the first quarter, ${late.toFixed(0)} MB at the end`,
  )
  console.log(
    `slowest answer ${quantile(slowest, 1).toFixed(0)} ms, p99 ${quantile(slowest, 0.99).toFixed(0)} ms`,
  )
  const unhandled = output.match(/unhandled|uncaught|"code":"internal-error"/gi)?.length ?? 0
  const strange = [...statuses.keys()].filter((key) => !/ (200|204|401|404|429|503)$/.test(key))
  console.log(
    `unhandled rejections and defects: ${unhandled}; answers that are none: ${strange.join(', ') || 0}`,
  )
  return unhandled === 0 && strange.length === 0 && late < early * 1.5 ? 0 : 1
}

function bearer(token: string): RequestInit {
  return { headers: { Authorization: `Bearer ${token}` } }
}

/** A process with those that it has started. Of Linux; 0 elsewhere. */
function residentMB(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    const theirs = children
      .filter((child) => child !== '')
      .map((child) => residentMB(Number(child)))
    return theirs.reduce((sum, each) => sum + each, Number(kilobytes ?? 0) / 1_024)
  } catch {
    return 0
  }
}

process.exitCode = await main()
