/** What `/api/metrics` says, as far as the console shows it. All are counts since counting began. */
export interface Metrics {
  /** By operation. */
  operations: ReadonlyMap<string, OperationCounts>
  requests: number
  /** Answers of 429. */
  denied: number
  /** Answers of 500 and up. */
  failures: number
  failedSignIns: number
}

export interface OperationCounts {
  requests: number
  /** Answers of 400 to 499. */
  refused: number
  failures: number
  /** How long 95 of 100 took at most, in words; undefined where nothing was measured. */
  p95: string | undefined
}

interface Sample {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

const TALL = 0.95

/** Reads Prometheus' text format. */
export function metricsOf(text: string): Metrics {
  const samples = text.split('\n').flatMap(sampleOf)
  const of = (name: string) => samples.filter((sample) => sample.name === name)
  const requests = of('usher_requests_total')
  const buckets = of('usher_request_duration_seconds_bucket')
  const names = [...new Set(requests.map(({ labels }) => labels['operation'] ?? ''))]
  const from = (least: number, most: number) =>
    requests.filter(
      ({ labels }) => Number(labels['status']) >= least && Number(labels['status']) <= most,
    )
  const operations = new Map(
    names.map((operation) => {
      const isOwn = ({ labels }: Sample) => labels['operation'] === operation
      return [
        operation,
        {
          requests: sum(requests.filter(isOwn)),
          refused: sum(from(400, 499).filter(isOwn)),
          failures: sum(from(500, 599).filter(isOwn)),
          p95: quantile(buckets.filter(isOwn)),
        },
      ]
    }),
  )
  return {
    operations,
    requests: sum(requests),
    denied: sum(from(429, 429)),
    failures: sum(from(500, 599)),
    failedSignIns: sum(
      of('usher_signins_total').filter(({ labels }) => labels['result'] === 'failed'),
    ),
  }
}

function sampleOf(line: string): Sample[] {
  const [, name, inner = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  if (name === undefined) return []
  const labels = Object.fromEntries(
    [...inner.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)].map(([, label = '', text = '""']) => [
      label,
      String(JSON.parse(text)),
    ]),
  )
  return [{ name, labels, value: Number(value) }]
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0)
}

/** The end of the first bucket that holds enough: `500 ms`. */
function quantile(buckets: readonly Sample[]): string | undefined {
  const ordered = buckets
    .map(({ labels, value }) => ({ end: Number(labels['le']?.replace('+Inf', 'Infinity')), value }))
    .sort((a, b) => a.end - b.end)
  const all = ordered.at(-1)?.value ?? 0
  const at = ordered.findIndex(({ value }) => value >= all * TALL)
  if (all === 0 || at < 0) return undefined
  const milliseconds = (seconds = 0) => `${(seconds * 1_000).toLocaleString('en')} ms`
  const end = ordered[at]?.end
  return end === Number.POSITIVE_INFINITY
    ? `over ${milliseconds(ordered[at - 1]?.end)}`
    : milliseconds(end)
}
