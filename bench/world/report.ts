import { quantile } from '../rig.ts'

/** What a part of the measurement found. */
export interface Part {
  markdown: string
  /** What is not as it must be. */
  faults: string[]
}

export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export function milliseconds(samples: readonly number[], share: number): string {
  return samples.length === 0 ? '–' : quantile(samples, share).toFixed(0)
}

/** How often each value occurs: `200 × 50, 404 × 2`. */
export function tally(values: readonly (string | number)[], joint = ' × '): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1)
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1])
  return sorted.map(([value, count]) => `${value}${joint}${count}`).join(', ') || '0'
}
