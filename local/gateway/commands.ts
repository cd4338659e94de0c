import { createHash } from 'node:crypto'

/** Commands that a shared connection, or a database behind an API, must not run. */
const BLOCKED = new Set(
  `ACL ASKING AUTH BGREWRITEAOF BGSAVE BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN
   CLIENT CLUSTER CONFIG DEBUG DISCARD EXEC FAILOVER HELLO LATENCY MIGRATE MODULE MONITOR MULTI
   PSUBSCRIBE PSYNC PUNSUBSCRIBE QUIT READONLY READWRITE REPLCONF REPLICAOF RESET RESTORE-ASKING SAVE
   SELECT SHUTDOWN SLAVEOF SLOWLOG SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE SWAPDB SYNC UNSUBSCRIBE UNWATCH
   WAIT WAITAOF WATCH`.split(/\s+/),
)

/** A command as a client sent it: not a list of words, or not allowed. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}

/**
 * Reads one command from JSON: a non-empty list of strings, numbers and booleans. The name is put
 * in upper case.
 *
 * @throws CommandRefused
 */
export function parseCommand(value: unknown): Buffer[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new CommandRefused('ERR a command is a non-empty array of strings and numbers')
  }
  const words = value.map((word: unknown) => {
    if (Buffer.isBuffer(word)) return word
    if (!['string', 'number', 'boolean'].includes(typeof word)) {
      throw new CommandRefused('ERR a command holds strings, numbers and booleans alone')
    }
    return Buffer.from(String(word))
  })
  const name = String(words[0]).toUpperCase()
  if (BLOCKED.has(name)) throw new CommandRefused(`ERR command is not available: '${name}'`)
  if (/^XREAD(GROUP)?$/.test(name) && words.some((word) => /^block$/i.test(String(word)))) {
    throw new CommandRefused(`ERR ${name} cannot block on a shared connection`)
  }
  return [Buffer.from(name), ...words.slice(1)]
}

/**
 * Upstash's Lua flag `allow-key-locking`, which other engines refuse: the shebang line is blanked,
 * and the SHA that the client knows leads to the script that the engine knows.
 */
export class ScriptTranslator {
  readonly #knowsShebang: boolean
  readonly #engineSha = new Map<string, string>()
  readonly #clientSha = new Map<string, string>()

  /** @param knowsShebang Whether the engine takes `#!lua` with the flags of Redis itself. */
  constructor(knowsShebang: boolean) {
    this.#knowsShebang = knowsShebang
  }

  /** Rewrites a command on its way to the engine. */
  toEngine(command: readonly Buffer[]): readonly Buffer[] {
    const [name, first, ...rest] = command
    switch (String(name)) {
      case 'EVAL':
      case 'EVAL_RO':
        return name === undefined || first === undefined
          ? command
          : [name, this.#strip(first), ...rest]
      case 'EVALSHA':
      case 'EVALSHA_RO':
        return name === undefined || first === undefined
          ? command
          : [name, this.#known(first), ...rest]
      case 'SCRIPT':
        return name === undefined || first === undefined
          ? command
          : [name, first, ...this.#scriptArguments(String(first), rest)]
      default:
        return command
    }
  }

  /** Puts the client's SHA back into the reply of `SCRIPT LOAD`. */
  fromEngine<reply>(command: readonly Buffer[], reply: reply | Buffer): reply | Buffer {
    if (String(command[0]) !== 'SCRIPT' || !Buffer.isBuffer(reply)) return reply
    return Buffer.from(this.#clientSha.get(String(reply)) ?? String(reply))
  }

  #scriptArguments(subcommand: string, words: Buffer[]): Buffer[] {
    if (/^load$/i.test(subcommand)) return words.map((script) => this.#strip(script))
    return /^exists$/i.test(subcommand) ? words.map((sha) => this.#known(sha)) : words
  }

  #known(sha: Buffer): Buffer {
    const known = this.#engineSha.get(String(sha).toLowerCase())
    return known === undefined ? sha : Buffer.from(known)
  }

  #strip(script: Buffer): Buffer {
    const text = String(script)
    const stripped = withoutKeyLocking(text, this.#knowsShebang)
    if (stripped === text) return script
    const bytes = Buffer.from(stripped)
    this.#engineSha.set(sha1(script), sha1(bytes))
    this.#clientSha.set(sha1(bytes), sha1(script))
    return bytes
  }
}

/**
 * A script without Upstash's flag `allow-key-locking` in its first line, which stays, so that line
 * numbers in errors are the author's.
 *
 * @param knowsShebang Whether the engine takes `#!lua` with the flags of Redis itself.
 */
export function withoutKeyLocking(script: string, knowsShebang: boolean): string {
  const shebang = /^#!lua[^\n]*/.exec(script)?.[0]
  if (shebang === undefined) return script
  if (knowsShebang && !/\ballow-key-locking\b/.test(shebang)) return script
  const others = shebang
    .replace(/\bflags=\S*/, (flags) => {
      const left = flags
        .slice('flags='.length)
        .split(',')
        .filter((flag) => flag !== 'allow-key-locking')
      return left.length === 0 ? '' : `flags=${left.join(',')}`
    })
    .trim()
  const kept = knowsShebang && others !== '#!lua' ? others : ''
  return kept + script.slice(shebang.length)
}

function sha1(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex')
}
