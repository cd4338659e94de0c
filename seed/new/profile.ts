import { quickBitsOf, Seen } from '../seen.ts'
import { Numeral } from '../values.ts'
import { Guesses } from './guesses.ts'

/** Words for what is not known, in files that have no other way to say so. */
const PLACEHOLDER = /^(n\/?a|#n\/a|nan|null|none|nil|unknown|\.{1,3}|-{1,3}|\?{1,3})$/i

/** So many values that differ are counted each by itself. */
export const MOST_COUNTED = 40
/** From so many values that differ on, a column of which some repeat is known well enough. */
const MOST_DIFFERENT = 50_000

/** What the values of a column are like, or those of a member of its objects, or the entries of its lists. */
export class Profile {
  /** How many were looked at, those that are none included. */
  looked = 0
  /** Said to be none, as `null` or as an empty cell. */
  nulls = 0
  texts = 0
  numbers = 0
  truths = 0
  lists = 0
  objects = 0
  empties = 0
  /** Of texts that hold words for what is not known, how often each occurs. */
  readonly placeholders = new Map<string, number>()
  /** Of all texts, and of those that are no placeholders. */
  readonly all = new Guesses()
  readonly known = new Guesses()
  /** Digits behind the point: the fewest and the most. */
  decimals = { least: Number.POSITIVE_INFINITY, most: 0 }
  longest = 0
  /** Texts with a space or a tab, with a line end, with a slash. */
  spaced = 0
  lined = 0
  slashed = 0
  /** How often each value occurs, while there are few. */
  readonly counts = new Map<string, number>()
  /** Of lists. */
  readonly entries: { profile: Profile | undefined; most: number } = { profile: undefined, most: 0 }
  /** Of objects. */
  readonly members = new Map<string, Profile>()
  /** Of lists and objects, as JSON. */
  longestJson = 0
  readonly #seen = new Seen(quickBitsOf)
  #seenAll = true

  /** How many values there are. */
  get values(): number {
    return this.looked - this.nulls
  }

  /** How many values differ; of very many the share that was found so far, of all. */
  get different(): number {
    if (this.#seenAll) return this.#seen.size
    return Math.round((this.#seen.size / this.#seenAt) * this.values)
  }

  get isUnique(): boolean {
    return this.#seenAll && this.values > 0 && this.#seen.size === this.values
  }

  #seenAt = 0

  /** @param value Undefined where there is none. */
  look(value: unknown): void {
    if (value === undefined) return
    this.looked++
    if (value === null) {
      this.nulls++
    } else if (Array.isArray(value)) {
      this.lists++
      this.#lookAtJson(value)
      this.entries.most = Math.max(this.entries.most, value.length)
      this.entries.profile ??= new Profile()
      for (const entry of value) this.entries.profile.look(entry)
    } else if (typeof value === 'object' && !(value instanceof Numeral)) {
      this.objects++
      this.#lookAtJson(value)
      for (const [name, member] of Object.entries(value)) this.#member(name).look(member)
    } else {
      this.#lookAtScalar(value)
    }
  }

  #member(name: string): Profile {
    const known = this.members.get(name) ?? new Profile()
    this.members.set(name, known)
    return known
  }

  #lookAtJson(value: object): void {
    const text = JSON.stringify(value, (_, each: unknown) =>
      each instanceof Numeral ? Number(each.source) : each,
    )
    this.longestJson = Math.max(this.longestJson, Buffer.byteLength(text))
    this.#see(text)
  }

  #lookAtScalar(value: unknown): void {
    const text = value instanceof Numeral ? value.source : String(value)
    if (typeof value === 'string') this.#lookAtText(text)
    else if (typeof value === 'boolean') this.truths++
    else this.numbers++
    if (typeof value !== 'boolean') {
      this.all.look(text)
      if (!this.#isPlaceholder(value)) this.known.look(text)
      this.#lookAtDigits(text)
    }
    const count = this.counts.get(text)
    if (count !== undefined || this.counts.size < MOST_COUNTED) {
      this.counts.set(count === undefined ? ownCopy(text) : text, (count ?? 0) + 1)
    }
    this.#see(text)
  }

  #isPlaceholder(value: unknown): boolean {
    return typeof value === 'string' && PLACEHOLDER.test(value)
  }

  #lookAtText(text: string): void {
    this.texts++
    this.longest = Math.max(this.longest, text.length)
    if (text === '') this.empties++
    if (/[ \t]/.test(text)) this.spaced++
    if (/[\r\n]/.test(text)) this.lined++
    if (text.includes('/')) this.slashed++
    if (PLACEHOLDER.test(text)) {
      this.placeholders.set(ownCopy(text), (this.placeholders.get(text) ?? 0) + 1)
    }
  }

  #lookAtDigits(text: string): void {
    const [, digits = ''] = /^-?\d*\.(\d+)$/.exec(text) ?? []
    this.decimals.least = Math.min(this.decimals.least, digits.length)
    this.decimals.most = Math.max(this.decimals.most, digits.length)
  }

  #see(text: string): void {
    if (!this.#seenAll) return
    this.#seen.set(text)
    if (this.#seen.size < MOST_DIFFERENT || this.#seen.size === this.values) return
    this.#seenAll = false
    this.#seenAt = this.values
  }
}

/** A part of a text holds on to all of it, here to a piece of the file. */
function ownCopy(part: string): string {
  return Buffer.from(part).toString()
}
