import type { OperationId } from './contract/operations.ts'
import type { AppDeps } from './deps/app.ts'
import { endpoint, type Handler } from './http/endpoint.ts'
import { gate, isForPage } from './http/gate.ts'
import { accountPage } from './http/pages/account-page.ts'
import { failurePage } from './http/pages/failure-page.ts'
import { llmsText } from './http/pages/llms.ts'
import { pageHeaders, pageRefusal } from './http/pages/page.ts'
import { problemPage } from './http/pages/problem-page.ts'
import { findRoute, operationOf } from './http/router.ts'
import { OPERATIONS } from './operations.ts'
import type { WaitUntil } from './rate-limit/types.ts'

/** The whole API as one fetch handler: for workerd, Node and tests. */
export type App = (request: Request, waitUntil: WaitUntil) => Promise<Response>

/**
 * Builds the API from its operations, with the same gate, endpoints and order as under Next.
 *
 * @param deps Called at the first request.
 */
export function createApp(deps: () => AppDeps): App {
  const handlers = new Map<OperationId, Handler>(
    Object.values(OPERATIONS).map((operation) => {
      const page = operation.row.page === true ? failurePage : undefined
      return [operation.id, endpoint(operation, deps, undefined, page)]
    }),
  )

  return async (request, waitUntil) => {
    const url = new URL(request.url)
    const { pathname } = url
    if (isForPage(request.method, url)) return page(request.method, pathname, deps)

    const outcome = await gate(request, deps, waitUntil)
    if ('response' in outcome) return withoutBody(request, outcome.response)

    const match = findRoute(pathname)
    const operation = typeof match === 'object' ? operationOf(match, request.method) : undefined
    const handler = operation === undefined ? undefined : handlers.get(operation)
    if (handler === undefined) throw new TypeError('the gate let an unknown path pass')
    const { handover, response: passed } = outcome.pass
    const response = await handler(request, waitUntil, handover)
    for (const [name, value] of passed) response.headers.append(name, value)
    return withoutBody(request, response)
  }
}

/** HEAD is GET without a body (RFC 9110 §9.3.2). */
function withoutBody(request: Request, response: Response): Response {
  return request.method === 'HEAD' ? new Response(null, response) : response
}

function page(method: string, pathname: string, deps: () => AppDeps): Response {
  const nonce = crypto.randomUUID()
  const headers = pageHeaders(nonce, deps)
  const refused = pageRefusal(method, pathname)
  if (refused !== undefined) {
    for (const [name, value] of Object.entries(refused.headers)) headers.set(name, value)
    return new Response(refused.text, { status: refused.status, headers })
  }
  if (pathname === '/llms.txt') {
    headers.set('Content-Type', 'text/plain; charset=utf-8')
    return new Response(llmsText(deps().settings), { headers })
  }
  const html =
    accountPage(pathname, nonce, () => deps().settings.passwordRules.minLength) ??
    problemPageAt(pathname)
  if (html === undefined) {
    headers.set('Content-Type', 'text/plain; charset=utf-8')
    headers.set('Cache-Control', 'no-store')
    return new Response('There is no page here. The API is under /api.\n', { status: 404, headers })
  }
  headers.set('Content-Type', 'text/html; charset=utf-8')
  return new Response(html, { headers })
}

function problemPageAt(pathname: string): string | undefined {
  const slug = /^\/problems\/([^/]+)$/.exec(pathname)?.[1]
  return slug === undefined ? undefined : problemPage(slug)
}
