import type { FunctionSize } from '../test/support/sizes.ts'
import type { GrowthRow } from './growth.ts'
import type { JobName } from './jobs.ts'
import type { Cost, Sample } from './measure.ts'
import type { ColdStart } from './once.ts'
import type { Pressure } from './pressure.ts'

/** Everything that one run found. */
export interface Results {
  rounds: number
  seconds: number
  users: number
  redisVersion: string
  /** In the order of the tables, without what was not available. */
  subjects: string[]
  samples: Sample[]
  costs: Cost[]
  /** By round. */
  restCallCpuMs: number[]
  coldStarts: ColdStart[]
  denied: { awaited: number; trips: number } | undefined
  pressure: Pressure | undefined
  growth: GrowthRow[]
  sizes: { middleware: FunctionSize[]; routes: FunctionSize[] }
}

/** Where a subject is measured. */
export interface Cell {
  job: JobName
  connections: number
  delayMs: number
}

/** A median with the range it comes from. */
export interface Spread {
  median: number
  min: number
  max: number
}

export type Measure = 'requestsPerSecond' | 'p50Ms' | 'p99Ms' | 'cpuMs' | 'trips' | 'commands'

/** A subject's values in a cell, by round. */
export function valuesOf(
  results: Results,
  subject: string,
  cell: Cell,
  measure: Measure,
): Map<number, number> {
  const own = results.samples.filter(
    (sample) =>
      sample.subject === subject &&
      sample.job === cell.job &&
      sample.connections === cell.connections &&
      sample.delayMs === cell.delayMs,
  )
  return new Map(own.map((sample) => [sample.round, sample[measure]]))
}

/** Undefined where nothing was measured. */
export function spread(values: Iterable<number>): Spread | undefined {
  const known = [...values].filter((value) => !Number.isNaN(value))
  if (known.length === 0) return undefined
  return { median: median(known), min: Math.min(...known), max: Math.max(...known) }
}

/** Of an even number of values, the middle between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

export function spreadOf(
  results: Results,
  subject: string,
  cell: Cell,
  measure: Measure,
): Spread | undefined {
  return spread(valuesOf(results, subject, cell, measure).values())
}
