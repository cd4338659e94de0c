import {
  LARGEST_MIDDLEWARE_KB,
  LARGEST_OF_GRAPHQL_KB,
  LARGEST_OF_PASSKEYS_KB,
  LARGEST_OF_TOOLS_KB,
  LARGEST_ROUTE_KB,
  largestOf,
} from '../test/support/sizes.ts'
import { type Cell, type Measure, type Results, type Spread, spread, valuesOf } from './results.ts'

/** One promise, and what was found of it. */
export interface Target {
  what: string
  promise: string
  found: string
  /** Undefined when it was not measured. */
  met: boolean | undefined
}

const REST_PEERS = ['hono-rest', 'fastify-rest', 'express-rest']
const TCP_PEERS = ['fastify-tcp', 'express-tcp']
const ON_ITS_OWN = 'next-start'
const AWAITED = { get: 1, list: 1, refresh: 2, signin: 3 } as const

const BUSY_GET: Cell = { job: 'get', connections: 32, delayMs: 0 }
const FAR_GET: Cell = { job: 'get', connections: 4, delayMs: 25 }
const BUSY_LIST: Cell = { job: 'list', connections: 32, delayMs: 0 }
const EMPTY: Cell = { job: 'empty', connections: 32, delayMs: 0 }

/** Every promise that this run says something about. */
export function targets(results: Results, ushers: readonly string[]): Target[] {
  const here = ushers.filter((name) => results.subjects.includes(name))
  return [
    ...tripTargets(results, here),
    ...here.flatMap((name) => storeTargets(results, name)),
    ...here.filter((name) => name !== ON_ITS_OWN).map((name) => p50Target(results, name)),
    rateTarget(results, 'workerd', BUSY_GET, 2),
    rateTarget(results, 'workerd', BUSY_LIST, 2),
    rateTarget(results, 'node', BUSY_GET, 1.5),
    rateTarget(results, 'node-direct', BUSY_GET, 6),
    directCpuTarget(results),
    rateTarget(results, 'node-direct', BUSY_LIST, 0.8, TCP_PEERS),
    pressureTarget(results),
    cpuTarget(results),
    ...sizeTargets(results),
    ...['get', 'list of 50'].map((read) => growthTarget(results, read)),
  ]
}

function tripTargets({ costs, denied }: Results, ushers: readonly string[]): Target[] {
  const promised = Object.entries(AWAITED).map(([job, trips]): Target => {
    const found = costs.filter(({ subject, job: own }) => own === job && ushers.includes(subject))
    const most = Math.max(...found.map(({ awaited }) => awaited ?? Number.POSITIVE_INFINITY))
    return {
      what: `awaited trips of ${job}, on every host`,
      promise: String(trips),
      found: found.length === 0 ? '–' : String(most),
      met: found.length === 0 ? undefined : most <= trips,
    }
  })
  promised.push({
    what: 'trips of a get over its quota',
    promise: '0',
    found: denied === undefined ? '–' : `${denied.awaited}, and ${denied.trips} behind it`,
    met: denied === undefined ? undefined : denied.awaited + denied.trips === 0,
  })
  return promised
}

function p50Target(results: Results, name: string): Target {
  const ratio = ratios(results, name, FAR_GET, 'p50Ms', Math.min)
  const what = `p50 of a get, 25 ms to the store, 4 connections: ${name} / best REST peer`
  return ratioTarget(what, 'at most 0.6', ratio, (median) => median <= 0.6)
}

function rateTarget(
  results: Results,
  name: string,
  cell: Cell,
  least: number,
  peers = REST_PEERS,
): Target {
  const ratio = ratios(results, name, cell, 'requestsPerSecond', Math.max, peers)
  const others = peers === REST_PEERS ? 'REST' : 'TCP'
  const what = `requests per second of a ${cell.job}, ${cell.connections} connections: ${name} / best ${others} peer`
  return ratioTarget(what, `at least ${least}`, ratio, (median) => median >= least)
}

const AT_THE_DOOR = [
  ['trips', 'calls', 1.1],
  ['commands', 'commands', 1.3],
] as const

/** What a read brings to the store, counting included, while many users ask in turn. */
function storeTargets(results: Results, name: string): Target[] {
  const targets: Target[] = []
  for (const [measure, kind, most] of AT_THE_DOOR) {
    for (const cell of [BUSY_GET, BUSY_LIST]) {
      const found = spread(valuesOf(results, name, cell, measure).values())
      // TCP is not counted on the short way.
      if (found === undefined) continue
      const what = `${kind} that a ${cell.job} of ${results.users} users in turn brings to the store: ${name}`
      targets.push(ratioTarget(what, `at most ${most}`, found, (median) => median <= most))
    }
  }
  return targets
}

function directCpuTarget(results: Results): Target {
  const ratio = ratios(results, 'node-direct', BUSY_GET, 'cpuMs', Math.min, ['express-tcp'])
  const what = 'CPU of a get, 32 connections: node-direct / express-tcp'
  return ratioTarget(what, 'at most 0.8', ratio, (median) => median <= 0.8)
}

function pressureTarget({ pressure }: Results): Target {
  const what = 'p99 of a read beside 60 parallel sign-ins / without them: node-direct'
  if (pressure === undefined) return ratioTarget(what, 'at most 3', undefined, () => false)
  const { idleP99Ms, besideP99Ms } = pressure
  return {
    what,
    promise: 'at most 3',
    found: `${(besideP99Ms / idleP99Ms).toFixed(2)} (${besideP99Ms.toFixed(1)} ms / ${idleP99Ms.toFixed(1)} ms)`,
    met: besideP99Ms <= 3 * idleP99Ms,
  }
}

/** The largest keyspace against the smallest. */
function growthTarget({ growth }: Results, read: string): Target {
  const rows = growth.filter((row) => row.read === read)
  const [small, large] = [rows[0], rows.at(-1)]
  const what = `p50 of a ${read}: a million films and a million other keys / a thousand films`
  if (small === undefined || large === undefined) {
    return ratioTarget(what, 'at most 1.5', undefined, () => false)
  }
  const found = `${(large.p50Ms / small.p50Ms).toFixed(2)} (${large.p50Ms.toFixed(2)} ms / ${small.p50Ms.toFixed(2)} ms)`
  return { what, promise: 'at most 1.5', found, met: large.p50Ms <= 1.5 * small.p50Ms }
}

function cpuTarget(results: Results): Target {
  const own = valuesOf(results, 'next-start', BUSY_GET, 'cpuMs')
  const empty = valuesOf(results, 'empty', EMPTY, 'cpuMs')
  const found: number[] = []
  for (const [round, cpuMs] of own) {
    const nothing = empty.get(round)
    const call = results.restCallCpuMs[round - 1]
    if (nothing !== undefined && call !== undefined) found.push(cpuMs / (1.25 * nothing + call))
  }
  const what =
    'CPU of a get under next-start / (1.25 x empty middleware and edge route + one REST call)'
  return ratioTarget(what, 'at most 1', spread(found), (median) => median <= 1)
}

function sizeTargets({ sizes }: Results): Target[] {
  const limit = (what: string, own: { gzipKB: number }[], most: number): Target => {
    const largest = Math.max(...own.map(({ gzipKB }) => gzipKB))
    const found = `${largest.toFixed(1)} KB`
    return { what, promise: `at most ${most} KB`, found, met: largest <= most }
  }
  const routesOf = (most: number) => sizes.routes.filter(({ name }) => largestOf(name) === most)
  return [
    limit('gzip of the middleware', sizes.middleware, LARGEST_MIDDLEWARE_KB),
    limit('gzip of the largest route', routesOf(LARGEST_ROUTE_KB), LARGEST_ROUTE_KB),
    limit('gzip of GraphQL', routesOf(LARGEST_OF_GRAPHQL_KB), LARGEST_OF_GRAPHQL_KB),
    limit('gzip of tools', routesOf(LARGEST_OF_TOOLS_KB), LARGEST_OF_TOOLS_KB),
    limit(
      'gzip of the largest route of passkeys',
      routesOf(LARGEST_OF_PASSKEYS_KB),
      LARGEST_OF_PASSKEYS_KB,
    ),
  ]
}

/** A subject's value against the best of the REST peers of the same round. */
function ratios(
  results: Results,
  name: string,
  cell: Cell,
  measure: Measure,
  best: (...values: number[]) => number,
  names = REST_PEERS,
): Spread | undefined {
  const peers = names.map((peer) => valuesOf(results, peer, cell, measure))
  const found: number[] = []
  for (const [round, value] of valuesOf(results, name, cell, measure)) {
    const others = peers.map((peer) => peer.get(round)).filter((other) => other !== undefined)
    if (others.length > 0) found.push(value / best(...others))
  }
  return spread(found)
}

function ratioTarget(
  what: string,
  promise: string,
  ratio: Spread | undefined,
  isMet: (median: number) => boolean,
): Target {
  if (ratio === undefined) return { what, promise, found: '–', met: undefined }
  const { median, min, max } = ratio
  const found = `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
  return { what, promise, found, met: isMet(median) }
}
