import type { Call, Lane } from './load.ts'
import { sendOnce } from './load.ts'

export type JobName = 'get' | 'list' | 'signin' | 'refresh' | 'empty'

/** What a connection asks for, over and over, and how a right answer looks. */
export interface Job {
  name: JobName
  title: string
  /** How many at a time, so far from the store. */
  connections(delayMs: number): readonly number[]
  /** Whether users take turns at it. */
  isRead: boolean
  /** Prepares the requests of so many connections, which the users of these tokens send in turn. */
  lanes(origin: string, count: number, tokens: readonly string[]): Promise<Lane[]>
  /** What is wrong with an answer's body; undefined when it is right. */
  fault(body: unknown): string | undefined
}

/** Who signs in all day. The others read: neither ends the other's sessions. */
export const VISITOR = 'visitor@home.org'
export const reader = (index: number): string => `reader-${index}@home.org`

/** Near its store a host is busy; far from it what counts is how often it waits. */
const READERS = (delayMs: number): number[] => (delayMs === 0 ? [32] : [4])
/** Far away they are one request at a time: how often each waits is told, and that is what it takes. */
const WRITERS = (delayMs: number): number[] => (delayMs === 0 ? [4] : [])

const FILM = { id: 'Pulp Fiction', director: 'Quentin Tarantino', year: 1994 }
const FILM_PATH = '/api/movies/Pulp%20Fiction'
const FIRST_OF_LIST = '2001: A Space Odyssey'

const json = { 'Content-Type': 'application/json' }

function signInCall(user: string): Call {
  const body = JSON.stringify({ user, password: 'password' })
  return { method: 'POST', path: '/api/auth/signin', headers: json, body }
}

/** Signs in; the answer must be one. */
export async function signIn(
  origin: string,
  user = reader(0),
): Promise<{ JWT: string; refresh: string }> {
  const { status, body } = await sendOnce(origin, signInCall(user))
  if (status !== 200) throw new Error(`sign-in answers ${status}: ${body.slice(0, 300)}`)
  return JSON.parse(body)
}

export function getCall(JWT: string): Call {
  const headers = { Authorization: `Bearer ${JWT}` }
  return { method: 'GET', path: FILM_PATH, headers }
}

/** Every connection the same request. */
const same = (count: number, call: Call): Lane[] =>
  Array.from({ length: count }, () => ({ next: () => call }))

/** Connections whose every request is the next user's. */
function readers(count: number, tokens: readonly string[], path: string): Lane[] {
  const calls = tokens.map((JWT) => ({ ...getCall(JWT), path }))
  let turn = 0
  const next = (): Call => {
    const call = calls[turn++ % calls.length]
    if (call === undefined) throw new TypeError('no users')
    return call
  }
  return Array.from({ length: count }, () => ({ next }))
}

function tokenFault(body: unknown): string | undefined {
  const { JWT, refresh } = body as Record<string, unknown>
  return typeof JWT === 'string' && typeof refresh === 'string' ? undefined : 'no pair of tokens'
}

export const JOBS: readonly Job[] = [
  {
    name: 'get',
    title: 'Get a film',
    connections: READERS,
    isRead: true,
    lanes: async (_origin, count, tokens) => readers(count, tokens, FILM_PATH),
    fault: (body) => {
      const { id, director, year } = body as Record<string, unknown>
      const right = id === FILM.id && director === FILM.director && year === FILM.year
      return right ? undefined : 'another film'
    },
  },
  {
    name: 'list',
    title: 'List 50 films',
    connections: READERS,
    isRead: true,
    lanes: async (_origin, count, tokens) => readers(count, tokens, '/api/movies?limit=50'),
    fault: (body) => {
      const { data } = body as { data?: { id?: unknown; director?: unknown; year?: unknown }[] }
      if (data?.length !== 50) return `${data?.length} films`
      if (data[0]?.id !== FIRST_OF_LIST) return `begins with ${String(data[0]?.id)}`
      const whole = data.every(({ director, year }) => director !== undefined && year !== undefined)
      return whole ? undefined : 'a film without its fields'
    },
  },
  {
    name: 'signin',
    title: 'Sign in',
    connections: WRITERS,
    isRead: false,
    lanes: async (_origin, count) => same(count, signInCall(VISITOR)),
    fault: tokenFault,
  },
  {
    name: 'refresh',
    title: 'Refresh',
    connections: WRITERS,
    isRead: false,
    lanes: async (origin, count) => {
      const lanes: Lane[] = []
      for (let lane = 0; lane < count; lane++) lanes.push(refreshChain(await signIn(origin)))
      return lanes
    },
    fault: tokenFault,
  },
]

/** What an empty middleware and an empty edge route are asked for. */
export const EMPTY: Job = {
  name: 'empty',
  title: 'Nothing',
  connections: READERS,
  isRead: false,
  lanes: async (_origin, count) => same(count, { method: 'GET', path: '/api/empty', headers: {} }),
  fault: (body) => ((body as { ok?: unknown }).ok === true ? undefined : 'not ok'),
}

function refreshChain(first: { refresh: string }): Lane {
  let current = first.refresh
  return {
    next: () => ({
      method: 'POST',
      path: '/api/auth/refresh',
      headers: json,
      body: JSON.stringify({ refresh: current }),
    }),
    answered: (body) => {
      const { refresh }: { refresh: string } = JSON.parse(body)
      if (refresh === current) throw new Error('the refresh token was not rotated')
      current = refresh
    },
  }
}
