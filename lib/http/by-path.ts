import type { OperationId } from '../contract/operations.ts'
import type { Handler } from './endpoint.ts'
import { findRoute, operationOf } from './router.ts'

/**
 * Joins the operations that are one route for Next: the path says which one is meant. A path that is none of them goes to the
 * first, which refuses it.
 */
export function byPath(handlers: { readonly [id in OperationId]?: Handler }): Handler {
  return async (request, host, passed) => {
    const match = findRoute(new URL(request.url).pathname)
    const operation = typeof match === 'object' ? operationOf(match, request.method) : undefined
    const own = operation === undefined ? undefined : handlers[operation]
    const handler = own ?? Object.values(handlers)[0]
    if (handler === undefined) throw new TypeError('a route without an operation')
    return handler(request, host, passed)
  }
}
