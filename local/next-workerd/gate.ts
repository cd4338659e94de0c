import { load, type WorkerContext } from './edge-function.ts'

interface Bindings {
  MIDDLEWARE: { module: string; name: string; matchers: readonly string[] }
  FUNCTIONS: { fetch(request: Request): Promise<Response> }
}

/** Headers by which Next talks to itself; a client's are dropped, as Next does. */
const INTERNAL_HEADERS = [
  'x-middleware-rewrite',
  'x-middleware-redirect',
  'x-middleware-set-cookie',
  'x-middleware-skip',
  'x-middleware-override-headers',
  'x-middleware-next',
  'x-now-route-matches',
  'x-matched-path',
  'x-nextjs-data',
  'x-next-resume-state-length',
  'next-resume',
]

let matchers: RegExp[] | undefined

/**
 * The Worker in front: runs the built middleware on the paths of its matcher, and hands on what it
 * lets pass. The middleware gets no body: the gate judges by headers, and the stream is the route's.
 */
export default {
  async fetch(
    received: Request,
    { MIDDLEWARE, FUNCTIONS }: Bindings,
    context: WorkerContext,
  ): Promise<Response> {
    const { pathname, search } = new URL(received.url)
    // Next takes `.rsc` off the end of any path, and would answer with another item.
    const url = new URL(`${pathname.replace(/\.rsc$/, '%2Ersc')}${search}`, received.url)
    const { method, body } = received
    const headers = new Headers(received.headers)
    for (const name of INTERNAL_HEADERS) headers.delete(name)

    matchers ??= MIDDLEWARE.matchers.map((matcher) => new RegExp(matcher))
    if (!matchers.some((matcher) => matcher.test(pathname))) {
      return FUNCTIONS.fetch(new Request(url, { method, headers, body, redirect: 'manual' }))
    }
    const middleware = await load(MIDDLEWARE.module, MIDDLEWARE.name)
    const verdict = await middleware(new Request(url, { method, headers }), {
      waitUntil: (work) => context.waitUntil(work),
    })
    const rewritten = verdict.headers.get('x-middleware-rewrite')
    if (rewritten === null && !verdict.headers.has('x-middleware-next')) return verdict

    const passed = new Request(new URL(rewritten ?? url, url), {
      method,
      headers: handedOn(headers, verdict.headers),
      body,
      redirect: 'manual',
    })
    return merge(verdict.headers, await FUNCTIONS.fetch(passed))
  },
}

/** The request's headers as the middleware wants them: all that it lists, and no other. */
function handedOn(received: Headers, verdict: Headers): Headers {
  const listed = verdict.get('x-middleware-override-headers')
  if (listed === null) return received
  const headers = new Headers()
  for (const name of listed.split(',')) {
    const value = verdict.get(`x-middleware-request-${name.trim()}`)
    if (value !== null) headers.set(name.trim(), value)
  }
  return headers
}

/** The route's answer: its headers are appended to the middleware's. */
function merge(verdict: Headers, answer: Response): Response {
  const headers = new Headers()
  for (const [name, value] of verdict) {
    if (!name.startsWith('x-middleware-')) headers.append(name, value)
  }
  for (const [name, value] of answer.headers) headers.append(name, value)
  return new Response(answer.body, { status: answer.status, headers })
}
