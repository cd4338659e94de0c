'use client'
import { type ReactNode, useEffect, useState } from 'react'
import { type Answer, type Page, useAnswer } from './api.ts'

export interface Paged<row> {
  answer: Answer<Page<row>>
  /** Counted from 0. */
  number: number
  next: (() => void) | undefined
  back: (() => void) | undefined
  again: () => void
  change: (change: (page: Page<row>) => Page<row>) => void
}

/**
 * A list, page by page: the cursors of the pages before are kept, so that one can go back.
 *
 * @param path With its query, without a cursor; another one begins at its first page.
 */
export function usePaged<row>(path: string): Paged<row> {
  const [cursors, setCursors] = useState<{ path: string; list: readonly string[] }>({
    path,
    list: [],
  })
  const list = cursors.path === path ? cursors.list : []
  const cursor = list.at(-1)
  const at = cursor === undefined ? '' : `${path.includes('?') ? '&' : '?'}cursor=${cursor}`
  const asked = `${path}${at}`
  const [answer, again, change, of] = useAnswer<Page<row>>(asked)
  // The cursor of rows that are on their way out leads on from them alone.
  const nextCursor = of === asked ? answer.value?.nextCursor : undefined
  useEffect(() => setCursors({ path, list: [] }), [path])
  return {
    answer,
    number: list.length,
    next: nextCursor ? () => setCursors({ path, list: [...list, nextCursor] }) : undefined,
    back: list.length > 0 ? () => setCursors({ path, list: list.slice(0, -1) }) : undefined,
    again,
    change,
  }
}

/** `1 event`, `2 events` */
export function counted(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? word : `${word}s`}`
}

/** What stands below a list: where one is, and the ways on and back. */
export function PageFoot<row>({
  paged: { answer, number, next, back },
  words,
}: {
  paged: Paged<row>
  words: (page: Page<row>) => string
}): ReactNode {
  // It comes with the first rows: before them it would be moved by them.
  if (answer.value === undefined) return null
  return (
    <div className="table-foot">
      <span aria-live="polite">
        {words(answer.value)}
        {(number > 0 || next !== undefined) && `, page ${number + 1}`}
      </span>
      <button className="button" type="button" disabled={back === undefined} onClick={back}>
        Back
      </button>
      <button className="button" type="button" disabled={next === undefined} onClick={next}>
        Next
      </button>
    </div>
  )
}
