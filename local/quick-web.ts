import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Platform } from '../lib/platform.ts'

/**
 * The parts of the web's `Request`, `Headers` and `Response` that the API uses, without what they cost on Node:
 * a signal, streams, and each name and value checked again that Node's parser has checked.
 */
class QuickHeaders {
  readonly #fields: Map<string, string>
  #cookies: string[] | undefined

  /** @param fields By lower-case name. */
  constructor(fields: Map<string, string>) {
    this.#fields = fields
  }

  get(name: string): string | null {
    return this.#fields.get(name) ?? this.#fields.get(name.toLowerCase()) ?? null
  }

  has(name: string): boolean {
    return this.#fields.has(name.toLowerCase())
  }

  set(name: string, value: string): void {
    this.#fields.set(name.toLowerCase(), value)
  }

  append(name: string, value: string): void {
    const key = name.toLowerCase()
    if (key === 'set-cookie') {
      this.#cookies = [...(this.#cookies ?? []), value]
      return
    }
    const before = this.#fields.get(key)
    this.#fields.set(key, before === undefined ? value : `${before}, ${value}`)
  }

  delete(name: string): void {
    this.#fields.delete(name.toLowerCase())
  }

  *[Symbol.iterator](): Iterator<[string, string]> {
    yield* this.#fields
    for (const cookie of this.#cookies ?? []) yield ['set-cookie', cookie]
  }
}

/** An answer whose text is known. */
export class QuickResponse {
  readonly status: number
  readonly headers: QuickHeaders
  readonly #text: string | null

  constructor(text: string | null, status: number, headers: Record<string, string>) {
    this.#text = text
    this.status = status
    const fields = Object.entries(headers).map(
      ([name, value]) => [name.toLowerCase(), value] as const,
    )
    this.headers = new QuickHeaders(new Map(fields))
  }

  async text(): Promise<string> {
    return this.#text ?? ''
  }

  async arrayBuffer(): Promise<Uint8Array> {
    return Buffer.from(this.#text ?? '')
  }

  /** Writes it to a connection: head and body leave together. */
  send(response: ServerResponse): void {
    const fields: string[] = []
    for (const [name, value] of this.headers) fields.push(name, value)
    const text = this.#text
    if (text !== null) fields.push('content-length', String(Buffer.byteLength(text)))
    response.writeHead(this.status, fields)
    response.end(text ?? undefined)
  }
}

/** A request without a body, as the API reads it. */
export function quickRequest(url: string, method: string, sent: IncomingHttpHeaders): Request {
  const fields = new Map<string, string>()
  for (const name in sent) {
    const value = sent[name]
    if (value !== undefined) fields.set(name, typeof value === 'string' ? value : value.join(', '))
  }
  const request = { url, method, headers: new QuickHeaders(fields), body: null }
  return request as unknown as Request
}

/** Node's own hash does not go to another thread and back. */
export const NODE: Platform = {
  sha256: (text) => createHash('sha256').update(text).digest('base64url'),
  hmac: (secret) => (text) => createHmac('sha256', secret).update(text).digest('base64url'),
  respond: (text, status, headers) =>
    new QuickResponse(text, status, headers) as unknown as Response,
}
