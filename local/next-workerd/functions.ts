import { load, type WorkerContext } from './edge-function.ts'

/** A path of the build and the module of its function; static before dynamic. */
export interface Route {
  pattern: string
  module: string
  name: string
}

let routes: (Route & { regexp: RegExp })[] | undefined

/** The Worker behind: finds the function of a path, and calls it. */
export default {
  async fetch(
    request: Request,
    { ROUTES }: { ROUTES: readonly Route[] },
    context: WorkerContext,
  ): Promise<Response> {
    routes ??= ROUTES.map((route) => ({ ...route, regexp: new RegExp(route.pattern) }))
    const url = new URL(request.url)
    for (const { regexp, module, name } of routes) {
      const match = regexp.exec(url.pathname)
      if (match === null) continue
      // The groups are named as Next's functions look for them, and take the place of a client's.
      const params = Object.entries(match.groups ?? {})
      for (const [key, value] of params) url.searchParams.set(key, decodeURIComponent(value))
      const handler = await load(module, name)
      return handler(params.length > 0 ? new Request(url, request) : request, {
        waitUntil: (work) => context.waitUntil(work),
      })
    }
    return new Response('There is no page here. The API is under /api.\n', {
      status: 404,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
    })
  },
}
