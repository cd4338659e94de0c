import { base64url } from 'jose'
import * as z from 'zod/mini'
import { decodeText } from './signed-text.ts'
import type { StoredPage } from './store/pages.ts'

export const DEFAULT_LIMIT = 50
const LARGEST_LIMIT = 100
export const LIMIT_MESSAGE = `is a number from 1 to ${LARGEST_LIMIT}`

export function isLimit(text: string): boolean {
  return /^[1-9]\d{0,2}$/.test(text) && Number(text) <= LARGEST_LIMIT
}

/** How many items a page has. */
export const limitQuery = z.optional(z.string().check(z.refine(isLimit, { error: LIMIT_MESSAGE })))

export function pageLimit(limit: z.output<typeof limitQuery>): number {
  return limit === undefined ? DEFAULT_LIMIT : Number(limit)
}

/** The query of every list: how many, and after which. */
export const listQuery = z.strictObject({
  limit: limitQuery,
  cursor: z.optional(
    z.string().check(
      z.refine((text) => decodeText(text) !== undefined, {
        error: 'is not a nextCursor of this list',
      }),
    ),
  ),
})

/** What a query asks the store for. */
export function pageOf({ limit, cursor }: z.output<typeof listQuery>): {
  after: string
  limit: number
} {
  return {
    after: cursor === undefined ? '' : (decodeText(cursor) ?? ''),
    limit: pageLimit(limit),
  }
}

/** Where the next page begins; null after the last. */
export function nextCursor({ next }: StoredPage): string | null {
  return next === undefined ? null : base64url.encode(next)
}
