import type { InputFault, ProblemCode } from '../contract/problems.ts'

/** `limit`, `sort`, `q`, `fields`, `count`, and the filters that the collection has. */
export type ListQuery = Record<string, string | number | boolean | undefined>

export interface PageOf<item> {
  data: item[]
  nextCursor: string | null
  count?: number
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
