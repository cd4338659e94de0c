import { cpus } from 'node:os'
import { JOBS } from './jobs.ts'
import { type Results, type Spread, spread, spreadOf } from './results.ts'
import type { Target } from './targets.ts'

/** The whole of a run as a page. */
export function markdown(results: Results, promises: readonly Target[]): string {
  const { rounds, seconds, users } = results
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores`
  return [
    '# What Usher was measured against',
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}, Node ${process.version}, Redis ${results.redisVersion}. The load generator, the gateway and Redis shared the machine. ${rounds} rounds of ${seconds} s a cell, in turns; medians, with the least and the most of the rounds in parentheses. ${users} users get and list in turn, and their windows are open.`,
    '`bench/peers` does the same job in the usual way: `jose`, `@upstash/ratelimit` and `@upstash/redis` under Hono, Fastify and Express (`-rest`), `ioredis` under the latter two (`-tcp`), and a Next Pages API (`pages`). `node` is `npm run serve` over REST, `node-direct` the same on the Redis itself, `next-start` is `npm start`. All had one Redis, one gateway and quotas out of the way. CPU is user and system time of the server and its children. TCP is counted with 25 ms alone.',
    '## Promises',
    promiseTable(promises),
    '## Trips to the store',
    'One request at a time: how often it waits for the store (Usher says so in `Server-Timing`), and the requests and commands that it brings there, background counting included.',
    tripTable(results),
    ...JOBS.flatMap((job) => jobTables(results, job)),
    '## Start and size',
    coldTable(results),
    sizeTable(results),
    `One REST call (a pipeline of three \`HMGET\`, 32 in flight, plain Node, the client Usher uses) took ${shown(spread(results.restCallCpuMs), 2)} ms of CPU; an empty middleware with an empty edge route under Next's own \`next start\` ${shown(spreadOf(results, 'empty', { job: 'empty', connections: 32, delayMs: 0 }, 'cpuMs'), 2)} ms at 32 connections.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

export function promiseTable(promises: readonly Target[]): string {
  const word = (met: boolean | undefined): string =>
    met === undefined ? 'not measured' : met ? 'yes' : '**no**'
  return table(
    ['promise', 'target', 'measured', 'kept'],
    promises.map(({ what, promise, found, met }) => [what, promise, found, word(met)]),
  )
}

function tripTable({ costs, subjects }: Results): string {
  const rows = subjects
    .filter((subject) => costs.some((cost) => cost.subject === subject))
    .map((subject) => [
      subject,
      ...JOBS.map(({ name }) => {
        const cost = costs.find((each) => each.subject === subject && each.job === name)
        if (cost === undefined) return '–'
        const { awaited, trips, commands } = cost
        const waited = awaited === undefined ? '' : `waits ${awaited}; `
        return `${waited}${trips.toFixed(1)} trips, ${commands.toFixed(1)} commands`
      }),
    ])
  return table(['', ...JOBS.map(({ name }) => name)], rows)
}

function jobTables(results: Results, job: (typeof JOBS)[number]): string[] {
  const parts: string[] = []
  for (const delayMs of [0, 25]) {
    for (const connections of job.connections(delayMs)) {
      const cell = { job: job.name, connections, delayMs }
      const rows = results.subjects.flatMap((subject) => {
        const rate = spreadOf(results, subject, cell, 'requestsPerSecond')
        if (rate === undefined) return []
        const of = (measure: Parameters<typeof spreadOf>[3], digits: number): string =>
          shown(spreadOf(results, subject, cell, measure), digits)
        const words = [of('p50Ms', 1), of('p99Ms', 1), of('cpuMs', 2)]
        const counted = (['trips', 'commands'] as const).map(
          (measure) => spreadOf(results, subject, cell, measure)?.median.toFixed(1) ?? '–',
        )
        return [[subject, shown(rate, rate.median < 100 ? 1 : 0), ...words, ...counted]]
      })
      if (rows.length === 0) continue
      parts.push(`### ${connections} connections, ${delayMs} ms to the store`)
      parts.push(
        table(['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms/request', 'trips', 'commands'], rows),
      )
    }
  }
  return parts.length === 0 ? [] : [`## ${job.title}`, ...parts]
}

function coldTable({ coldStarts }: Results): string {
  if (coldStarts.length === 0) return ''
  const rows = coldStarts.map(({ subject, answeredInMs, firstRequestMs }) => [
    subject,
    answeredInMs.toFixed(0),
    firstRequestMs.toFixed(0),
  ])
  return table(['', 'process start to first answer, ms', 'of that the request, ms'], rows)
}

function sizeTable({ sizes }: Results): string {
  const rows = [...sizes.middleware, ...sizes.routes]
    .toSorted((a, b) => b.gzipKB - a.gzipKB)
    .map(({ name, gzipKB }) => [
      sizes.middleware.some((own) => own.name === name)
        ? `middleware (\`${name}\`)`
        : `\`${name}\``,
      gzipKB.toFixed(1),
    ])
  return table(['function', 'gzip KB'], rows)
}

function shown(found: Spread | undefined, digits: number): string {
  if (found === undefined) return '–'
  const [median, min, max] = [found.median, found.min, found.max].map((each) =>
    each.toFixed(digits),
  )
  return `${median} (${min}–${max})`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
