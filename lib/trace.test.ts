import { expect, test } from '@playwright/test'
import { currentTraceparent, inTrace, traceOf } from './trace.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

function sent(traceparent: string) {
  return traceOf(new Headers({ traceparent }))
}

test('the trace of the caller is passed on, with a span of our own and its flags', () => {
  const trace = sent(`00-${TRACE}-${PARENT}-01`)
  expect(trace?.id).toBe(TRACE)
  expect(trace?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-01$`))
  expect(trace?.traceparent).not.toContain(PARENT)
})

test('a later version may say more behind, as the standard has it', () => {
  expect(sent(`cc-${TRACE}-${PARENT}-00-what-comes`)?.id).toBe(TRACE)
})

test('what is no traceparent is none: zeros, capitals, version ff, other lengths', () => {
  for (const text of [
    '',
    TRACE,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}0-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-0`,
    `00-${TRACE}-${PARENT}-01x`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
  ]) {
    expect(sent(text), text).toBeUndefined()
  }
  expect(traceOf(new Headers())).toBeUndefined()
})

test('a call is of its trace while it starts, and nothing is when it has started or thrown', async () => {
  const trace = sent(`00-${TRACE}-${PARENT}-01`)
  const seen = inTrace(trace, async () => {
    const atStart = currentTraceparent()
    await Promise.resolve()
    return [atStart, currentTraceparent()]
  })
  expect(currentTraceparent()).toBeUndefined()
  expect(await seen).toEqual([trace?.traceparent, undefined])
  expect(() =>
    inTrace(trace, () => {
      throw new Error('at its start')
    }),
  ).toThrow('at its start')
  expect(currentTraceparent()).toBeUndefined()
})
