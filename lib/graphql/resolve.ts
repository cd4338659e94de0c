import { GraphQLError } from 'graphql'
import type { Collection } from '../collections/define.ts'
import { type Failure, fail, PROBLEMS, type ProblemCode } from '../contract/problems.ts'
import { rawQueryOf } from '../items/asked.ts'
import { getItem, itemId } from '../items/get.ts'
import { listItems } from '../items/list.ts'
import type { CollectionDeps } from '../items/types.ts'
import { createItem, deleteItem, patchItem, replaceItem } from '../items/write.ts'
import type { Act, ActingCall, AnyOperation } from '../operation.ts'
import type { Gathering } from './gathering.ts'

/** What the fields of a query are resolved with: operations of collections, for one caller. */
export class Context {
  readonly #act: ActingCall<unknown>['act']
  readonly #gathering: Gathering
  readonly #items = new Map<string, Promise<unknown>>()
  /** Of a credential that does not hold: then nothing of the answer is let out. */
  refused: Failure<'invalid-token'> | undefined

  constructor(act: ActingCall<unknown>['act'], gathering: Gathering) {
    this.#act = act
    this.#gathering = gathering
  }

  /** One item; null when it is absent or not the caller's. The same one is read once. */
  get(collection: Collection, id: string): Promise<unknown> {
    const key = `${collection.name}/${itemId(id, collection)}`
    const known = this.#items.get(key)
    if (known !== undefined) return known
    const item = this.#ask(getItem, { collection, id, input: {} }, true)
    this.#items.set(key, item)
    return item
  }

  list(collection: Collection, asked: Record<string, unknown>): Promise<unknown> {
    return this.#ask(listItems, { collection, input: rawQueryOf(asked) })
  }

  create(collection: Collection, input: Record<string, unknown>): Promise<unknown> {
    return this.#change(createItem, { collection, input })
  }

  update(collection: Collection, id: string, input: Record<string, unknown>): Promise<unknown> {
    return this.#change(patchItem, { collection, id, input })
  }

  replace(collection: Collection, id: string, input: Record<string, unknown>): Promise<unknown> {
    return this.#change(replaceItem, { collection, id, input })
  }

  async remove(collection: Collection, id: string): Promise<unknown> {
    await this.#change(deleteItem, { collection, id })
    return itemId(id, collection)
  }

  async #change(operation: AnyOperation<CollectionDeps>, about: Act): Promise<unknown> {
    // What was read before may be another item by now.
    this.#items.clear()
    return this.#ask(operation, about)
  }

  async #ask(
    operation: AnyOperation<CollectionDeps>,
    about: Act,
    absentIsNull = false,
  ): Promise<unknown> {
    const outcome = await this.#gathering.run((store) => this.#act(operation, { ...about, store }))
    if (outcome.ok) return outcome.value
    if (outcome.code === 'invalid-token') this.refused ??= fail('invalid-token', outcome.reason)
    if (outcome.code === 'not-found' && absentIsNull) return null
    throw problemError(outcome)
  }
}

/** A problem as GraphQL tells it. */
export function problemError({ code, detail, errors }: Failure): GraphQLError {
  const { title } = PROBLEMS[code]
  const extensions = { ...codeOf(code), ...(errors === undefined ? {} : { errors }) }
  return new GraphQLError(detail ?? title, { extensions })
}

/** What `extensions` of an error say. */
export function codeOf(code: ProblemCode): { code: ProblemCode; status: number } {
  return { code, status: PROBLEMS[code].status }
}
