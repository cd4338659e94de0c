import { expect, test } from '@playwright/test'
import { namesStrongly, namesWeakly } from './entity-tags.ts'

const TAG = '"abc"'

test('If-Match compares strongly, If-None-Match weakly', () => {
  for (const [list, strongly, weakly] of [
    [TAG, true, true],
    [`W/${TAG}`, false, true],
    [`"x" , ${TAG}`, true, true],
    [`"x",W/${TAG} ,"y"`, false, true],
    ['*', true, true],
    [' * ', true, true],
    ['"x"', false, false],
    ['abc', false, false],
    ['', false, false],
    [`w/${TAG}`, false, false],
    [`"*"`, false, false],
  ] as const) {
    expect([namesStrongly(list, TAG), namesWeakly(list, TAG)], list).toEqual([strongly, weakly])
  }
})

test('where there is nothing no list names it', () => {
  for (const list of ['*', TAG]) {
    expect([namesStrongly(list, undefined), namesWeakly(list, undefined)]).toEqual([false, false])
  }
})
