/** What a provider did not do: it was `away`, which may be over soon, or its answer is `unsound`. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault'
  readonly kind: 'away' | 'unsound'

  /** @param reason For the log: no address, no answer. */
  constructor(kind: 'away' | 'unsound', reason: string) {
    super(reason)
    this.kind = kind
  }
}

/** The largest answer that is read of a provider, in bytes. */
const LARGEST_ANSWER_BYTES = 64 * 1_024

/** What is sent to a provider, by this code and by oauth4webapi. */
export interface ProviderRequest {
  method?: string
  headers?: Record<string, string>
  body?: BodyInit | null | undefined
}

export type ProviderHttp = (url: string, request: ProviderRequest) => Promise<Response>

/**
 * Makes the way to a provider for one request: answers are read to their end here, up to 64 KiB, within one
 * deadline for all of them. A redirect is not followed: it would carry a code or a token to somebody else.
 *
 * @throws ProviderFault From what it returns.
 */
export function providerHttp(ask: typeof fetch, deadline: AbortSignal): ProviderHttp {
  return async (url, { method = 'GET', headers: sent = {}, body = null }) => {
    const request = { method, headers: sent, body, signal: deadline }
    const answer = await inTime(deadline, () =>
      ask(url, { ...request, redirect: 'manual', cache: 'no-store' }),
    )
    const { status } = answer
    const isRedirect = answer.type === 'opaqueredirect' || (status >= 300 && status < 400)
    const isAway = status >= 500 || status === 429 || status === 408
    if (isRedirect || isAway) {
      answer.body?.cancel().catch(() => undefined)
      throw isAway
        ? new ProviderFault('away', `status ${status}`)
        : new ProviderFault('unsound', 'a redirect')
    }
    const bytes = await inTime(deadline, () => readBytes(answer))
    const headers = new Headers()
    for (const name of ['content-type', 'www-authenticate']) {
      const value = answer.headers.get(name)
      if (value !== null) headers.set(name, value)
    }
    return new Response(status === 204 ? null : bytes, { status, headers })
  }
}

/** Not every runtime ends a body that is being read by the signal of its request. */
async function inTime<value>(deadline: AbortSignal, work: () => Promise<value>): Promise<value> {
  let stop: (() => void) | undefined
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(new ProviderFault('away', 'too slow'))
    if (deadline.aborted) stop()
    else deadline.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([work(), over])
  } catch (error) {
    if (error instanceof ProviderFault) throw error
    const reason = error instanceof Error ? error.name : 'unknown'
    throw new ProviderFault('away', deadline.aborted ? 'too slow' : reason)
  } finally {
    if (stop !== undefined) deadline.removeEventListener('abort', stop)
  }
}

async function readBytes(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(LARGEST_ANSWER_BYTES)
  let length = 0
  const reader = answer.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done || value === undefined) return bytes.slice(0, length)
    if (length + value.byteLength > LARGEST_ANSWER_BYTES) {
      reader?.cancel().catch(() => undefined)
      throw new ProviderFault('unsound', 'more than 64 KiB')
    }
    bytes.set(value, length)
    length += value.byteLength
  }
}
