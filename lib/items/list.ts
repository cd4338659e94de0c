import { ok } from '../contract/problems.ts'
import { asSent, defineOperation } from '../operation.ts'
import { caching } from './get.ts'
import { isGuarded, refusedInclude } from './include.ts'
import { planPage } from './page.ts'
import { parseQuery, type RawQuery } from './query.ts'
import type { CollectionDeps } from './types.ts'

/**
 * Lists a collection in the order asked for, ids by their UTF-8 bytes, each item once.
 *
 * @returns A page of at most `limit` items. What an index or the keyspace holds and what is an
 *   item of this list can differ, so that a page may be shorter and still not be the last.
 */
export const listItems = defineOperation('listItems', {
  summary: 'List a collection, filtered and sorted, in pages',
  input: asSent<RawQuery>(),
  problems: ['validation-error', 'not-found', 'service-unavailable', 'precondition-failed'],
  run: async (call, deps: CollectionDeps) => {
    const { collection } = call
    const query = parseQuery(collection, call.input, { related: deps.findCollection })
    if (!query.ok) return query
    const { include } = query.value
    const plan = await planPage(collection, query.value, deps)
    if (!plan.ok) return plan
    const { read, finish } = plan.value
    const found = isGuarded(include) ? await call.readAsCaller(read) : await call.read(read)
    if (!found.ok) return found
    const refused = refusedInclude(call, include)
    if (refused !== undefined) return refused
    const page = await finish(call, found.value)
    if (!page.ok) return page
    return ok(page.value, { headers: caching(collection, 'list', undefined, include) })
  },
})
