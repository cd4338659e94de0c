import type { Region } from './start.ts'

/** What is asked for with a token. */
export const FILM = '/api/movies/Pulp%20Fiction'

export interface Answered {
  status: number
  ms: number
  body: Record<string, unknown>
  /** What was waited for, of `Server-Timing`. */
  cost: string
  /** `Usher-Sync`, of a write. */
  sync: string | undefined
}

export interface Tokens {
  JWT: string
  refresh: string
}

interface Sent {
  method?: string
  token?: string
  body?: unknown
  /** `Usher-Sync` of the client's last write. */
  sync?: string | undefined
  /** The client's address, as the proxy before the app would say it. */
  from?: string
}

/** One request of a client that sits beside a region's app. */
export async function call(region: Region, path: string, sent: Sent = {}): Promise<Answered> {
  const { method = 'GET', token, body, sync, from = '192.0.2.1' } = sent
  const before = performance.now()
  const response = await fetch(`${region.address}${path}`, {
    method,
    headers: {
      'X-Forwarded-For': from,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(sync === undefined ? {} : { 'Usher-Sync': sync }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    ms: performance.now() - before,
    body: text === '' ? {} : JSON.parse(text),
    cost: /desc="(.*)"/.exec(response.headers.get('server-timing') ?? '')?.[1] ?? 'none',
    sync: response.headers.get('usher-sync') ?? undefined,
  }
}

/** As {@link call}; rejects when the answer is another. */
export async function must(
  status: number,
  region: Region,
  path: string,
  sent: Sent = {},
): Promise<Answered> {
  const answered = await call(region, path, sent)
  if (answered.status === status) return answered
  const got = `${answered.status} ${JSON.stringify(answered.body)}`
  throw new Error(`${sent.method ?? 'GET'} ${path} in ${region.name}: ${got}, not ${status}`)
}

export async function signIn(
  region: Region,
  user: string,
): Promise<Tokens & { answered: Answered }> {
  const body = { user, password: 'password' }
  const answered = await must(200, region, '/api/auth/signin', { method: 'POST', body })
  return {
    JWT: String(answered.body['JWT']),
    refresh: String(answered.body['refresh']),
    answered,
  }
}

export function review(text: string): { movie: string; rating: number; text: string } {
  return { movie: 'Pulp Fiction', rating: 4, text }
}
