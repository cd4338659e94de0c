import type { Log } from '../log.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import { DAY_MS, dayOf, USAGE_KEPT_DAYS } from '../store/days.ts'
import { keys } from '../store/keys.ts'
import { TELL_USAGE } from '../store/scripts/tell-usage.ts'
import { type Numbered, REMEMBERED_FOR_MS, Tellings } from '../tellings.ts'

/** A request that was answered, of a caller whom a quota counted. */
export interface Used {
  /** What the quota counts by. */
  subject: string
  /** The id of the API key that came. */
  key: string | undefined
  /** Method and template. */
  operation: string
  status: number
}

interface UsageOptions {
  redis: LimiterClient
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  log: Log
  randomId: () => string
}

/** What one subject used on one day: fields of the store and numbers. */
interface SubjectDay {
  subject: string
  day: string
  counts: Map<string, number>
}

/** What tells quotas, where it is in the same memory. */
interface Carrier {
  carry(tell: () => Promise<void>): () => boolean
}

/** More would hold other callers of the store up. */
const SUBJECTS_A_TELLING = 100
const FIELDS_A_TELLING = 1_000
/** Some 2 MB. */
const MOST_FIELDS = 20_000

/**
 * Counts what callers use, in this isolate, and adds it to the store behind the answers: one command, a
 * quarter of a second after the first request of several. {@link Tellings} says why nothing is counted
 * twice. While the store is away counts are kept; beyond 20,000 the oldest go, and the log says so.
 */
export class Usage {
  readonly #options: UsageOptions
  readonly #tellings: Tellings<SubjectDay[], unknown>
  readonly #untold = new Map<string, SubjectDay>()
  #fields = 0
  #isCarried: (() => boolean) | undefined
  #carrier: Carrier | undefined

  constructor(options: UsageOptions) {
    const { log } = options
    this.#options = options
    this.#tellings = new Tellings(options, {
      waiting: () => this.#untold.size,
      take: (most) => this.#take(most),
      send: (days, numbered) => this.#send(days, numbered),
      settle: () => undefined,
      giveUp: (days) => this.#logLost(days),
      // The hour stands in what is told: it is never too late.
      isOver: () => false,
      notTold: (days) => log('warn', 'usage.not-told', { subjects: days.length }),
    })
  }

  /** Goes with what is told anyway. */
  goWith(carrier: Carrier): void {
    if (this.#carrier === carrier) return
    this.#carrier = carrier
    this.#isCarried = carrier.carry(async () => this.#tellings.begin({ urgent: true }))
  }

  /** @param later Keeps telling alive after the answer. */
  count({ subject, key, operation, status }: Used, later: WaitUntil): void {
    const now = this.#options.now()
    const day = dayOf(now)
    const hour = new Date(now).toISOString().slice(11, 13)
    const id = `${day} ${subject}`
    const kept = this.#untold.get(id) ?? { subject, day, counts: new Map() }
    this.#untold.set(id, kept)
    const kinds = status === 429 ? ['r', 'd'] : status >= 400 ? ['r', 'e'] : ['r']
    const names = ['', ` ${operation}`, ...(key === undefined ? [] : [` key:${key}`])]
    for (const kind of kinds) {
      for (const name of names) {
        const field = `${hour} ${kind}${name}`
        const count = kept.counts.get(field)
        if (count === undefined) this.#fields++
        kept.counts.set(field, (count ?? 0) + 1)
      }
    }
    if (this.#fields > MOST_FIELDS) this.#forgetOldest()
    const telling = this.#isCarried?.() ? undefined : this.#tellings.begin({ urgent: false })
    if (telling !== undefined) later(telling)
  }

  /** Takes what was counted first, of one day. */
  #take(most: number): { taken: number; batch: SubjectDay[] } {
    const batch: SubjectDay[] = []
    let fields = 0
    for (const [id, kept] of this.#untold) {
      const isFull = batch.length === Math.min(most, SUBJECTS_A_TELLING)
      if (isFull || fields > FIELDS_A_TELLING || kept.day !== (batch[0] ?? kept).day) break
      batch.push(kept)
      fields += kept.counts.size
      this.#untold.delete(id)
    }
    this.#fields -= fields
    return { taken: batch.length, batch }
  }

  async #send(days: SubjectDay[], { number, isolate }: Numbered): Promise<unknown> {
    const day = days[0]?.day ?? ''
    const month = day.slice(0, 7)
    const midnight = Date.parse(day)
    const kept = USAGE_KEPT_DAYS * DAY_MS
    const all = days.flatMap(({ counts }, index) =>
      [...counts].map(([field, add]) => ({ owner: index + 1, field, add })),
    )
    const command = TELL_USAGE.command(
      {
        toldKey: keys.limitTold(isolate),
        topKey: keys.usageTop(day),
        earlierTopKey: keys.usageTop(dayOf(midnight - 2 * DAY_MS)),
        goneKey: keys.usageGone,
        hourKeys: days.map(({ subject }) => keys.usage(subject, day)),
        dayKeys: days.map(({ subject }) => keys.usage(subject, month)),
      },
      {
        number,
        keep: REMEMBERED_FOR_MS,
        day: day.slice(8),
        dayEnd: midnight + kept,
        monthEnd: midnight + kept,
        subjects: days.map(({ subject }) => subject),
        owners: all.map(({ owner }) => owner),
        fields: all.map(({ field }) => field),
        adds: all.map(({ add }) => add),
      },
    )
    return TELL_USAGE.parse(await this.#options.redis.eval(...command))
  }

  #forgetOldest(): void {
    for (const [id, kept] of this.#untold) {
      this.#untold.delete(id)
      this.#fields -= kept.counts.size
      this.#logLost([kept])
      return
    }
  }

  #logLost(days: readonly SubjectDay[]): void {
    const requests = days
      .flatMap(({ counts }) => [...counts])
      .reduce((sum, [field, count]) => sum + (/^\d\d r$/.test(field) ? count : 0), 0)
    this.#options.log('warn', 'usage.not-counted', { requests })
  }
}
