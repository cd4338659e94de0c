import { type NextFetchEvent, type NextRequest, NextResponse } from 'next/server'
import { gateDeps } from '@/lib/gate-deps.ts'
import { gate, isApiPath } from '@/lib/http/gate.ts'
import { handoverHeaders } from '@/lib/http/handover.ts'
import { pageHeaders, pageRefusal } from '@/lib/http/page.ts'
import { findRoute } from '@/lib/http/router.ts'

export const config = { matcher: ['/((?!_next/).*)'] }

/** The first stop of every request: calls the gate and writes its outcome in Next's words. */
export async function middleware(request: NextRequest, event: NextFetchEvent): Promise<Response> {
  const headers = new Headers(request.headers)
  const { pathname } = request.nextUrl
  if (!isApiPath(pathname) && findRoute(pathname) !== 'malformed') {
    const page = pageHeaders(crypto.randomUUID())
    const refused = pageRefusal(request.method, pathname)
    if (refused !== undefined)
      return new Response(refused.text, { ...refused, headers: { ...page, ...refused.headers } })
    // Next reads the nonce for its own scripts from the request's policy.
    headers.set('Content-Security-Policy', page['Content-Security-Policy'])
    return NextResponse.next({ request: { headers }, headers: page })
  }

  const outcome = await gate(request, gateDeps, (promise) => event.waitUntil(promise))
  if ('response' in outcome) return outcome.response
  for (const [name, value] of handoverHeaders(outcome.pass.handover)) headers.set(name, value)
  return NextResponse.next({ request: { headers }, headers: outcome.pass.response })
}
