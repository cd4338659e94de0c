import type { InputFault, ProblemCode } from '../contract/problems.ts'
import type { UsherProblem } from './answers.ts'
import type { CollectionName, ItemOf, NewItemOf, ReferencesOf } from './items.ts'

type Value = string | number | boolean

/**
 * `limit`, `sort`, `q`, `fields`, `count`, `include`, and the filters that the collection has: of several values of one
 * field any will do.
 */
export type ListQuery = Record<string, Value | readonly Value[] | undefined>

export interface PageOf<item> {
  data: item[]
  nextCursor: string | null
  count?: number
}

/** The fields whose items come with an answer, one or several. */
export interface Including<name extends CollectionName> {
  include?: (keyof ReferencesOf<name> & string) | readonly (keyof ReferencesOf<name> & string)[]
}

/** The items that others refer to, by collection and id: those that were asked for, and that there are. */
export interface Included<name extends CollectionName> {
  included?: {
    [target in Extract<ReferencesOf<name>[keyof ReferencesOf<name>], CollectionName>]?: Record<
      string,
      ItemOf<target>
    >
  }
}

/** Some fields of an item: null takes one away, or is the value of one that can be null. */
export type PatchOf<name extends CollectionName> = {
  [field in keyof NewItemOf<name>]?: NewItemOf<name>[field] | null
}

/** One of the changes of a batch. */
export type ActOf<name extends CollectionName> =
  | { op: 'create'; item: NewItemOf<name> }
  | { op: 'update'; id: string; patch: PatchOf<name> }
  | { op: 'delete'; id: string }

/** What became of an act: the item as it is now, or the problem that the request alone would have had. */
export interface ActResult<item> {
  status: number
  item?: item
  problem?: UsherProblem
}

/** What GraphQL answers. */
export interface GraphAnswer<data> {
  /** Null, or absent, where nothing could be done. */
  data?: data | null
  errors?: readonly GraphFault[]
  /** `cost`: the items and lists that it read; each 50 count as a request. */
  extensions?: { cost?: number }
}

/** What failed of a query, and where. */
export interface GraphFault {
  message: string
  path?: readonly (string | number)[]
  extensions: { code: ProblemCode; status: number; errors?: readonly InputFault[] }
}

/** What may come with one call. */
export interface CallOptions {
  /** Ends this call, its waits too. */
  signal?: AbortSignal
}
