import { shown } from '../values.ts'
import type { Checked } from './faults.ts'

const MOST_EXAMPLES = 10
const MOST_OTHERS = 20

interface Found {
  count: number
  examples: string[]
}

/** What was found in a collection, by the reasons. */
export class Findings {
  keys = 0
  unfit = 0
  readonly #reasons = new Map<string, Found>()
  readonly #others = new Map<string, number>()

  add(id: string, { faults, others }: Checked): void {
    this.keys++
    if (faults.length > 0) this.unfit++
    for (const name of others) this.#others.set(name, (this.#others.get(name) ?? 0) + 1)
    for (const { reason, example } of faults) {
      const found = this.#reasons.get(reason) ?? { count: 0, examples: [] }
      this.#reasons.set(reason, found)
      found.count++
      if (found.examples.length >= MOST_EXAMPLES) continue
      found.examples.push(example === undefined ? shown(id) : `${shown(id)}: ${example}`)
    }
  }

  lines(name: string): string[] {
    const { keys, unfit } = this
    const all = [...this.#reasons].sort(
      ([one, a], [other, b]) => b.count - a.count || one.localeCompare(other, 'en'),
    )
    const fit = unfit === 0 ? 'all fit' : `${unfit} do not fit`
    return [
      `${name}: ${keys} keys, ${fit}.`,
      ...all.flatMap(([reason, { count, examples }]) => [
        `  ${count} × ${reason}`,
        ...examples.map((example) => `      ${example}`),
        ...(count > examples.length ? ['      …'] : []),
      ]),
      ...this.#otherLines(),
    ]
  }

  #otherLines(): string[] {
    if (this.#others.size === 0) return []
    const some = [...this.#others]
      .sort(([one, a], [other, b]) => b - a || one.localeCompare(other, 'en'))
      .slice(0, MOST_OTHERS)
    const more = this.#others.size - some.length
    const names = some.map(([field, count]) => `${shown(field)} (${count})`).join(', ')
    return [
      `Fields that the file does not name, which no answer has: ${names}${more > 0 ? ` and ${more} more` : ''}.`,
    ]
  }
}
