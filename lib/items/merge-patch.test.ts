import { expect, test } from '@playwright/test'
import * as z from 'zod/mini'
import { mergePatch } from './merge-patch.ts'

test('members are merged, null takes one away, the rest is replaced (RFC 7396, appendix A)', () => {
  for (const [target, patch, result] of [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ]) {
    expect(mergePatch(target, patch)).toEqual(result)
  }
})

test('null is the value of a member that has to be there and may be null', () => {
  const address = z.optional(
    z.object({
      zip: z.nullable(z.string()),
      note: z.optional(z.nullable(z.string())),
      at: z.object({ x: z.nullable(z.int()), any: z.json() }),
    }),
  )
  const before = { zip: '1', note: 'n', at: { x: 1, any: 1 } }
  const patch = { zip: null, note: null, at: { x: null, any: null, other: null } }
  expect(mergePatch(before, patch, address)).toEqual({ zip: null, at: { x: null, any: null } })
})
