import type { LexRange, Pipeline, Reply, ScanOptions } from '../../lib/store/client/transport.ts'
import type { Command } from './carrier.ts'

/** Gathers the commands of one round trip, in the words of Redis. */
export class Queue implements Pipeline {
  readonly #send: (commands: readonly Command[]) => Promise<readonly Reply[]>
  readonly #commands: Command[] = []

  constructor(send: (commands: readonly Command[]) => Promise<readonly Reply[]>) {
    this.#send = send
  }

  get(key: string): void {
    this.#commands.push(['GET', key])
  }

  hmget(key: string, ...fields: string[]): void {
    this.#commands.push(['HMGET', key, ...fields])
  }

  zscore(key: string, member: string): void {
    this.#commands.push(['ZSCORE', key, member])
  }

  zmscore(key: string, members: string[]): void {
    this.#commands.push(['ZMSCORE', key, ...members])
  }

  zcard(key: string): void {
    this.#commands.push(['ZCARD', key])
  }

  zrange(key: string, min: string, max: string, { offset, count }: LexRange): void {
    this.#commands.push(['ZRANGE', key, min, max, 'BYLEX', 'LIMIT', offset, count])
  }

  dbsize(): void {
    this.#commands.push(['DBSIZE'])
  }

  scan(cursor: string, { match, count, type }: ScanOptions): void {
    this.#commands.push([
      'SCAN',
      cursor,
      ...(match === undefined ? [] : ['MATCH', match]),
      ...(count === undefined ? [] : ['COUNT', count]),
      ...(type === undefined ? [] : ['TYPE', type]),
    ])
  }

  evalRo(script: string, keys: string[], args: string[]): void {
    this.#commands.push(['EVAL_RO', script, keys.length, ...keys, ...args])
  }

  async exec(): Promise<Reply[]> {
    return [...(await this.#send(this.#commands))]
  }
}
