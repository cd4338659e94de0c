import { setTimeout as sleep } from 'node:timers/promises'

export type Word = Buffer | string
export type Command = readonly Word[]
export type Reply = Buffer | number | null | Reply[]

/** The store is away, slow or refuses the token. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway'
}

/** The store has refused a command; Redis's own words may hold values, so only their first is told. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'

  constructor(command: Command, error: string) {
    super(`The store refused ${String(command[0])}: ${error.split(' ')[0]}`)
  }
}

const TIMEOUT_MS = 60_000
const TRIES = 4

/** Calls a command whose words are bytes: JSON has no place for what is not UTF-8. */
const CALL_IN_HEX = `local words = {}
for i, word in ipairs(ARGV) do
  words[i] = string.gsub(word, '..', function (digits) return string.char(tonumber(digits, 16)) end)
end
return redis.call(unpack(words))`

/** Any store, over Upstash's REST protocol, with words and replies that are bytes. */
export class Link {
  readonly #url: string
  readonly #token: string

  constructor({ url, token }: { url: string; token: string }) {
    this.#url = url
    this.#token = token
  }

  /** Sends commands that only read, again when the store is away for a moment. */
  async read(commands: readonly Command[]): Promise<Reply[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.write(commands)
      } catch (error) {
        if (!(error instanceof StoreAway) || tries === TRIES) throw error
        await sleep(250 * 2 ** tries)
      }
    }
  }

  /**
   * Sends commands in one request, once.
   *
   * @throws CommandFailed for the first that the store refused; those after it were tried, too.
   * @throws StoreAway when it cannot be known which ones were executed.
   */
  async write(commands: readonly Command[]): Promise<Reply[]> {
    if (commands.length === 0) return []
    const answers = await this.#post(commands.map(toJson))
    return answers.map((answer, index) => {
      if ('error' in answer) throw new CommandFailed(commands[index] ?? [], answer.error)
      return decode(answer.result)
    })
  }

  async #post(commands: string[][]): Promise<Answer[]> {
    let status: number | string
    try {
      const response = await fetch(`${this.#url}/pipeline`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${this.#token}`, 'Upstash-Encoding': 'base64' },
        body: JSON.stringify(commands),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      if (response.ok) return (await response.json()) as Answer[]
      status = response.status
    } catch (error) {
      status = error instanceof Error ? error.name : 'unknown'
    }
    throw new StoreAway(`The store does not answer (${status})`)
  }
}

type Encoded = string | number | null | Encoded[]
type Answer = { result: Encoded } | { error: string }

function toJson(command: Command): string[] {
  if (command.every(isText)) return command.map(String)
  return ['EVAL', CALL_IN_HEX, '0', ...command.map((word) => Buffer.from(word).toString('hex'))]
}

/** Whether a word is the same after it was a text. */
export function isText(word: Word): boolean {
  return typeof word === 'string' || word.equals(Buffer.from(String(word)))
}

function decode(reply: Encoded): Reply {
  if (Array.isArray(reply)) return reply.map(decode)
  if (typeof reply !== 'string') return reply
  // The one text that is not encoded, and no base64.
  return reply === 'OK' ? Buffer.from(reply) : Buffer.from(reply, 'base64')
}
