/** `limit`, `sort`, `q`, `fields`, `count`, and the filters that the collection has. */
export type ListQuery = Record<string, string | number | boolean | undefined>

export interface PageOf<item> {
  data: item[]
  nextCursor: string | null
  count?: number
}

/** What may come with one call. */
export interface CallOptions {
  /** Ends this call, its waits too. */
  signal?: AbortSignal
}
