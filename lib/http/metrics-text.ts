import { contract } from '../contract/operations.ts'
import { ok } from '../contract/problems.ts'
import { defineOperation } from '../operation.ts'
import { keys } from '../store/keys.ts'
import { READ_METRICS } from '../store/scripts/metrics.ts'
import { BUCKETS_MS, type Metrics } from './metrics.ts'

/** The families of metrics, in the order of the text. */
const FAMILIES = [
  ['usher_requests_total', 'counter', 'Requests answered, by operation and status.'],
  ['usher_request_duration_seconds', 'histogram', 'Time from the first stop to the answer.'],
  ['usher_quota_denied_total', 'counter', 'Requests denied, by policy.'],
  ['usher_signins_total', 'counter', 'Sign-ins with a password, by result.'],
  ['usher_store_trips_total', 'counter', 'Round trips to the store that requests waited for.'],
  ['usher_store_commands_total', 'counter', 'Commands of these round trips.'],
  ['usher_store_failures_total', 'counter', 'Calls to the store that failed, of those.'],
] as const

type Family = (typeof FAMILIES)[number][0]
type Labels = Record<string, string | number>
type Sample = { name: string; labels: Labels; value: number }

const SIGN_INS: readonly string[] = [contract.signIn, contract.login].map(
  ({ method, path }) => `${method} ${path}`,
)

/**
 * Writes the counters as Prometheus reads them.
 *
 * @param flat Field, number and so on, as {@link Metrics} names the fields.
 * @see [Exposition format 0.0.4](https://prometheus.io/docs/instrumenting/exposition_formats/)
 */
export function metricsText(flat: readonly unknown[]): string {
  const samples: Record<Family, Sample[]> = {
    usher_requests_total: [],
    usher_request_duration_seconds: [],
    usher_quota_denied_total: [],
    usher_signins_total: [],
    usher_store_trips_total: [],
    usher_store_commands_total: [],
    usher_store_failures_total: [],
  }
  const signIns = { succeeded: 0, failed: 0 }
  const totals = { trips: 0, commands: 0, failures: 0 }
  const durations = new Map<string, { buckets: number[]; ms: number }>()
  const durationOf = (operation: string) => {
    const found = durations.get(operation) ?? { buckets: [], ms: 0 }
    durations.set(operation, found)
    return found
  }
  const add = (name: Family, labels: Labels, value: number): void =>
    void samples[name].push({ name, labels, value })

  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [kind, first = '', second = ''] = String(flat[index]).split('|')
    const value = Number(flat[index + 1])
    if (kind === 'requests') {
      add('usher_requests_total', { operation: first, status: second }, value)
      if (SIGN_INS.includes(first) && second === '200') signIns.succeeded += value
      if (SIGN_INS.includes(first) && second === '401') signIns.failed += value
    } else if (kind === 'bucket') durationOf(first).buckets[Number(second)] = value
    else if (kind === 'ms') durationOf(first).ms = value
    else if (kind === 'denied') add('usher_quota_denied_total', { policy: first }, value)
    else if (kind === 'trips' || kind === 'commands' || kind === 'failures') totals[kind] = value
  }
  for (const [result, value] of Object.entries(signIns))
    add('usher_signins_total', { result }, value)
  for (const kind of ['trips', 'commands', 'failures'] as const) {
    add(`usher_store_${kind}_total`, {}, totals[kind])
  }
  for (const [operation, { buckets, ms }] of durations) {
    samples.usher_request_duration_seconds.push(...histogram(operation, buckets, ms))
  }
  return FAMILIES.map(([name, type, help]) =>
    [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples[name].map(line)]
      .map((each) => `${each}\n`)
      .join(''),
  ).join('')
}

/** A bucket counts all that took no longer than its end. */
function histogram(operation: string, buckets: readonly number[], ms: number): Sample[] {
  const name = 'usher_request_duration_seconds'
  let count = 0
  const cumulative = [...BUCKETS_MS.map((end) => String(end / 1_000)), '+Inf'].map((le, index) => {
    count += buckets[index] ?? 0
    return { name: `${name}_bucket`, labels: { operation, le }, value: count }
  })
  return [
    ...cumulative,
    { name: `${name}_sum`, labels: { operation }, value: ms / 1_000 },
    { name: `${name}_count`, labels: { operation }, value: count },
  ]
}

function line({ name, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

/** All counters, with what this isolate has not told yet. For admins, and for `METRICS_TOKEN`. */
export const readMetrics = defineOperation('readMetrics', {
  summary: 'Counters of requests, quotas, sign-ins and the store, for Prometheus',
  problems: [],
  answer: 'Metrics',
  run: async ({ store }, { metrics }: { metrics: Metrics }) => {
    const read = async (counts: string[]) =>
      (await store.write(READ_METRICS, { metricsKey: keys.metrics }, { counts }, 'data')).counters
    return ok(metricsText(await metrics.tell(read)))
  },
})
