import { HotLimiter } from '../../lib/rate-limit/hot.ts'
import type { HotPolicyName, PolicyName } from '../../lib/rate-limit/policies.ts'
import type { Decision } from '../../lib/rate-limit/types.ts'
import { connectScripts, type LimiterClient } from '../../lib/store/client/script-runner.ts'
import { STORE_DEADLINE_MS, Trips } from '../../lib/store/client/trips.ts'
import { TELL_COUNTS } from '../../lib/store/scripts/tellings.ts'
import { redisEngine } from '../../local/gateway/engine.ts'
import { startGateway } from '../../local/gateway/server.ts'
import { startRedis } from './processes.ts'

/** `refuse` does not execute a call, `lose` executes it and loses its answer. */
export type CallFault = 'none' | 'refuse' | 'lose'

/** A call that reached the store. */
export interface StoreCall {
  at: number
  isTelling: boolean
  keys: string[]
}

/** Several isolates on one real Redis, in a time that the test moves. */
export class Isolates {
  /** Epoch milliseconds, of every clock in the test. */
  now = 0
  /** Of one way to the store, in milliseconds. */
  wayMs = 0
  fault: CallFault = 'none'
  /** Of real time: how long a request waits for the store. */
  deadlineMs = STORE_DEADLINE_MS
  readonly calls: StoreCall[] = []
  readonly logged: { event: string; count?: unknown }[] = []
  readonly limiters: HotLimiter[] = []
  /** First requests of windows: those that the store has counted, and those that were admitted. */
  readonly firsts = { counted: 0, admitted: 0 }
  #firstsBegun = 0
  #busy = 0
  #timers: { at: number; wake: () => void; isFirst: boolean }[] = []
  readonly #store: LimiterClient
  readonly #overrides: Partial<Record<PolicyName, { limit: number; windowSeconds: number }>>

  constructor(
    store: LimiterClient,
    overrides: Partial<Record<PolicyName, { limit: number; windowSeconds: number }>>,
    count: number,
    start: number,
  ) {
    this.now = start
    this.#store = store
    this.#overrides = overrides
    for (let index = 0; index < count; index++) this.limiters.push(this.#start(index))
  }

  #start(index: number): HotLimiter {
    const store = this.#store
    return new HotLimiter({
      redis: {
        ...store,
        eval: (script: string, keys: string[], args: string[]) =>
          this.#call(script === TELL_COUNTS.text, keys, () => store.eval(script, keys, args)),
        evalsha: (sha: string, keys: string[], args: unknown[]) =>
          this.#call(false, keys, () => store.evalsha(sha, keys, args)),
      } as LimiterClient,
      overrides: this.#overrides,
      now: () => this.now,
      sleep: (milliseconds) => this.#sleep(milliseconds),
      log: (_level, event, fields) => this.logged.push({ event, ...fields }),
      randomId: () => `isolate-${this.now}-${index}`,
    })
  }

  /** A request to an isolate. Undefined is one that is not answered, as of an outage. */
  async ask(
    isolate: number,
    policy: HotPolicyName,
    key: string,
    wait = true,
    limit?: number,
  ): Promise<Decision | undefined> {
    const limiter = this.limiters[isolate]
    if (limiter === undefined) throw new TypeError('no such isolate')
    const begun = this.#firstsBegun
    const trips = new Trips(() => this.now, undefined, undefined, this.deadlineMs)
    const work = limiter.count(policy, { key }, trips, () => undefined, { wait, limit })
    const isFirst = this.#firstsBegun > begun
    const decision = await work.catch(() => undefined)
    if (isFirst && decision?.allowed) this.firsts.admitted++
    return decision
  }

  #sleep(milliseconds: number, isFirst = false): Promise<void> {
    return new Promise((wake) => this.#timers.push({ at: this.now + milliseconds, wake, isFirst }))
  }

  /**
   * Ends timers and tellings that are running, as a platform does with a request. First requests go on:
   * somebody waits for them.
   */
  endRequests(): void {
    this.#timers = this.#timers.filter(({ isFirst }) => isFirst)
  }

  /** Lets time pass, with all that happens in it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds
    await this.settle()
    for (;;) {
      this.#timers.sort((one, other) => one.at - other.at)
      const next = this.#timers[0]
      if (next === undefined || next.at > end) break
      this.#timers.shift()
      this.now = next.at
      next.wake()
      await this.settle()
    }
    this.now = end
  }

  /** Waits for everything that needs no time to pass. */
  async settle(): Promise<void> {
    let quiet = 0
    while (quiet < 2) {
      await new Promise((resolve) => setImmediate(resolve))
      quiet = this.#busy === 0 ? quiet + 1 : 0
    }
  }

  async #call(isTelling: boolean, keys: string[], send: () => Promise<unknown>): Promise<unknown> {
    if (!isTelling) this.#firstsBegun++
    if (this.wayMs > 0) await this.#sleep(this.wayMs, !isTelling)
    const { fault } = this
    if (fault === 'refuse') throw new Error('refused')
    const reply = await this.#real(send)
    this.calls.push({ at: this.now, isTelling, keys })
    if (!isTelling) this.firsts.counted++
    if (this.wayMs > 0) await this.#sleep(this.wayMs, !isTelling)
    if (fault === 'lose') throw new Error('lost')
    return reply
  }

  async #real(send: () => Promise<unknown>): Promise<unknown> {
    this.#busy++
    try {
      return await send()
    } finally {
      this.#busy--
    }
  }
}

/** A Redis with isolates around it. */
export interface IsolateRig {
  isolates: (
    count: number,
    overrides: Partial<Record<PolicyName, { limit: number; windowSeconds: number }>>,
  ) => Isolates
  /** Straight to the store. */
  command(...words: string[]): Promise<unknown>
  /** What the store has counted, by window. @param partition May be a pattern. */
  counted(policy?: string, partition?: string): Promise<number[]>
  close(): Promise<void>
}

/** How many of these requests passed. */
export function admitted(decisions: readonly (Decision | undefined)[]): number {
  return decisions.filter((decision) => decision?.allowed).length
}

/** @param start Of the time in the test, in epoch milliseconds; each group of isolates begins a day later. */
export async function startIsolates(start: number): Promise<IsolateRig> {
  const program = await startRedis()
  const engine = await redisEngine(program.url)
  const gateway = await startGateway({ engine, token: 'token' })
  const store = connectScripts({ url: gateway.url, token: gateway.token })
  const realNow = Date.now
  let current: Isolates | undefined
  let groups = 0
  // The limiter's library reads the clock by itself.
  Date.now = () => current?.now ?? realNow()
  const command: IsolateRig['command'] = (...words) =>
    engine.call(words.map((word) => Buffer.from(word)))
  return {
    command,
    counted: async (policy = 'user', partition = 'a') => {
      const keys = await command('KEYS', `limit:${policy}:${partition}:*`)
      const names = Array.isArray(keys) ? keys.map(String).sort() : []
      const counts = await Promise.all(names.map((name) => command('GET', name)))
      return counts.map((count) => Number(String(count)))
    },
    isolates: (count, overrides) => {
      current = new Isolates(store, overrides, count, start + groups++ * 86_400_000)
      return current
    },
    close: async () => {
      Date.now = realNow
      await gateway.close()
      await engine.close()
      await program.stop()
    },
  }
}
