import { expect, test } from '@playwright/test'
import { assert, property, string } from 'fast-check'
import { DEFAULT_LIMIT, isLimit, listQuery, nextCursor, pageOf } from './paging.ts'
import { decodeText } from './signed-text.ts'
import type { StoredPage } from './store/pages.ts'

function page(next: string | undefined): StoredPage {
  return { items: [], next }
}

test('a limit is a number from 1 to 100, written in one way', () => {
  for (const text of ['1', '50', '100']) expect(isLimit(text), text).toBe(true)
  for (const text of ['0', '101', '01', '+1', '1e1', '1.0', ' 1', '', '١', '999999999999']) {
    expect(isLimit(text), text).toBe(false)
  }
})

test('the cursor of a page leads behind the id where it ended, whatever that is', () => {
  assert(
    property(string({ unit: 'grapheme' }), (id) => {
      const cursor = nextCursor(page(id)) ?? ''
      expect(pageOf({ limit: undefined, cursor })).toEqual({ after: id, limit: DEFAULT_LIMIT })
    }),
  )
  expect(decodeText(nextCursor(page('\ufeffa')) ?? '')).toBe('\ufeffa')
})

test('after the last page there is none', () => {
  expect(nextCursor(page(undefined))).toBeNull()
  expect(pageOf({ limit: '5', cursor: undefined })).toEqual({ after: '', limit: 5 })
})

test('what is no cursor is refused with the place, and is not repeated', () => {
  for (const cursor of ['*', 'gA', 'a%b']) {
    const parsed = listQuery.safeParse({ cursor })
    expect(parsed.success, cursor).toBe(false)
    expect(JSON.stringify(parsed.error?.issues)).toContain('is not a nextCursor of this list')
  }
})
