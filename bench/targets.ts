import { LARGEST_MIDDLEWARE_KB, LARGEST_ROUTE_KB } from '../test/support/sizes.ts'
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
    ...here.map((name) => p50Target(results, name)),
    rateTarget(results, 'workerd', BUSY_GET, 2),
    rateTarget(results, 'next-workerd', BUSY_GET, 2),
    rateTarget(results, 'node', BUSY_GET, 1.5),
    cpuTarget(results),
    ...here.map((name) => rateTarget(results, name, BUSY_LIST, 2)),
    ...sizeTargets(results),
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

function rateTarget(results: Results, name: string, cell: Cell, least: number): Target {
  const ratio = ratios(results, name, cell, 'requestsPerSecond', Math.max)
  const what = `requests per second of a ${cell.job}, 32 connections: ${name} / best REST peer`
  return ratioTarget(what, `at least ${least}`, ratio, (median) => median >= least)
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
  return [
    limit('gzip of the middleware', sizes.middleware, LARGEST_MIDDLEWARE_KB),
    limit('gzip of the largest route', sizes.routes, LARGEST_ROUTE_KB),
  ]
}

/** A subject's value against the best of the REST peers of the same round. */
function ratios(
  results: Results,
  name: string,
  cell: Cell,
  measure: Measure,
  best: (...values: number[]) => number,
): Spread | undefined {
  const peers = REST_PEERS.map((peer) => valuesOf(results, peer, cell, measure))
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
