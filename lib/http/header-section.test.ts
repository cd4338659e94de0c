import { expect, test } from '@playwright/test'
import { isHeaderSectionTooLarge, LARGEST_HEADER_SECTION } from './header-section.ts'

const URL_TEXT = 'https://api.example.com/'

test('URL and fields count together, with what is around each field', () => {
  const left = LARGEST_HEADER_SECTION - URL_TEXT.length - 'a'.length - 4
  const sent = (length: number) => new Headers({ a: 'x'.repeat(length) })
  expect(isHeaderSectionTooLarge(URL_TEXT, sent(left))).toBe(false)
  expect(isHeaderSectionTooLarge(URL_TEXT, sent(left + 1))).toBe(true)
  expect(isHeaderSectionTooLarge(`${URL_TEXT}x`, sent(left))).toBe(true)
})

test('many small fields are as large as one', () => {
  const fields = Array.from({ length: 3_000 }, (_, at): [string, string] => [`n${at}`, ''])
  expect(isHeaderSectionTooLarge(URL_TEXT, new Headers(fields))).toBe(true)
})
