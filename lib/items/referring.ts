import type { Collection } from '../collections/define.ts'
import type { AccessCode, Result } from '../contract/problems.ts'
import type { Field } from './field.ts'
import { readerOf } from './item.ts'
import { type Page, type PagePlan, planPage } from './page.ts'
import type { Query } from './query.ts'
import type { CollectionCall, CollectionDeps } from './types.ts'

/** A field of a collection that refers to items of another, or of its own. */
export interface Referring {
  collection: Collection
  field: Field
}

/** What refers to the items of a collection. Each of these fields has an index, declared as a filter or not. */
export function referringTo(target: Collection, all: readonly Collection[]): Referring[] {
  return all.flatMap((collection) =>
    readerOf(collection)
      .fields.filter(({ reference }) => reference === target.name)
      .map((field) => ({ collection, field })),
  )
}

/**
 * Plans a page of the items that refer to one item: the reverse of a reference. See {@link PagePlan}: the reverses of
 * many items are one round trip.
 *
 * @param query Of the referring collection, with filters, an order and a cursor of its own.
 * @returns `validation-error` for a cursor of another list.
 */
export function planReferring(
  { collection, field }: Referring,
  id: string,
  query: Query,
  deps: Pick<CollectionDeps, 'cursorMacs'>,
): Promise<Result<PagePlan, 'validation-error'>> {
  const { name, kind, isList } = field
  const refers = { field: name, kind, isList, comparison: 'eq', texts: [id] } as const
  return planPage(collection, { ...query, filters: [...query.filters, refers] }, deps)
}

/**
 * Lists the items that refer to one item, in a round trip of their own.
 *
 * @param call A request about the referring collection: who may list it is the caller's to ask.
 */
export async function listReferring(
  call: CollectionCall<unknown>,
  deps: Pick<CollectionDeps, 'cursorMacs'>,
  field: Field,
  id: string,
  query: Query,
): Promise<Result<Page, 'validation-error' | 'service-unavailable' | AccessCode>> {
  const plan = await planReferring({ collection: call.collection, field }, id, query, deps)
  if (!plan.ok) return plan
  const found = await call.read(plan.value.read)
  return found.ok ? plan.value.finish(call, found.value) : found
}
