import { type NextFetchEvent, type NextRequest, NextResponse } from 'next/server'
import { gateDeps } from '@/lib/deps/gate.ts'
import { gate, isForPage } from '@/lib/http/gate.ts'
import { handoverHeaders } from '@/lib/http/handover.ts'
import { pageHeaders, pageRefusal } from '@/lib/http/pages/page.ts'

export const config = { matcher: ['/((?!_next/).*)'] }

/** The first stop of every request: calls the gate and writes its outcome in Next's words. */
export async function middleware(request: NextRequest, event: NextFetchEvent): Promise<Response> {
  const headers = new Headers(request.headers)
  if (isForPage(request.method, request.nextUrl)) {
    const page = pageHeaders(crypto.randomUUID(), gateDeps)
    const refused = pageRefusal(request.method, request.nextUrl.pathname)
    if (refused !== undefined) {
      for (const [name, value] of Object.entries(refused.headers)) page.set(name, value)
      return new Response(refused.text, { status: refused.status, headers: page })
    }
    // Next reads the nonce for its own scripts from the request's policy.
    headers.set('Content-Security-Policy', page.get('Content-Security-Policy') ?? '')
    return NextResponse.next({ request: { headers }, headers: page })
  }

  const outcome = await gate(request, gateDeps, (promise) => event.waitUntil(promise))
  if ('response' in outcome) return withWholeLocation(outcome.response, request)
  const word = await gateDeps().gateWord()
  for (const [name, value] of handoverHeaders(outcome.pass.handover, word)) headers.set(name, value)
  return NextResponse.next({ request: { headers }, headers: outcome.pass.response })
}

/** Next wants to be told the whole URL of a redirect, and passes on a path. */
function withWholeLocation(response: Response, request: NextRequest): Response {
  const location = response.headers.get('Location')
  if (location !== null) response.headers.set('Location', new URL(location, request.url).href)
  return response
}
