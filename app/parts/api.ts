'use client'
import { useCallback, useEffect, useState } from 'react'
import { jsonInit } from '@/lib/client/transport.ts'
import { UnexpectedAnswer, UsherProblem } from '@/lib/client.ts'
import { pageClient } from '@/lib/react.tsx'

/** What went wrong, in words for people. */
export interface Fault {
  title: string
  detail: string | undefined
  code: string | undefined
  requestId: string | undefined
  retryAfterSeconds: number | undefined
  /** By the member that they are about, as `scopes/0`; `` for the whole. */
  fields: Readonly<Record<string, string>>
}

/** A page of a list. */
export interface Page<row> {
  data: row[]
  nextCursor: string | null
  count?: number
}

/**
 * Calls the API with this browser's session. Its tests hold every answer to the document: the type is
 * taken as given.
 *
 * @returns Undefined where there is no body.
 * @throws UsherProblem; what `fetch` throws.
 */
export async function call<answer = undefined>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<answer> {
  const init = body === undefined ? { method, headers } : jsonInit(method, body, headers)
  const response = await pageClient().request(path, init)
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as answer
}

/** What is to be said of a call that failed. */
export function faultOf(error: unknown): Fault {
  if (error instanceof UsherProblem) {
    const { message, detail, code, requestId, retryAfterSeconds, errors } = error
    const fields = Object.fromEntries(
      errors.map(({ pointer, message }) => [pointer.replace(/^#\/?/, ''), sentence(message)]),
    )
    return { title: message, detail, code, requestId, retryAfterSeconds, fields }
  }
  const title =
    error instanceof UnexpectedAnswer ? error.message : 'The server could not be reached'
  const none = { code: undefined, requestId: undefined, retryAfterSeconds: undefined }
  return { title, detail: 'Is this device connected? Try again.', fields: {}, ...none }
}

/** `is at most 5` becomes `Is at most 5.` */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}

export type Answer<value> =
  /** Nothing was asked. */
  | { state: 'idle'; value?: undefined }
  | { state: 'loading'; value?: undefined }
  | { state: 'failed'; fault: Fault; value?: undefined }
  | { state: 'ready'; value: value }

/** The answer, what asks again, and what changes it without asking. */
export type Asked<value> = [
  Answer<value>,
  again: () => void,
  change: (change: (value: value) => value) => void,
]

/**
 * What the API answers to a GET.
 *
 * @param path Null: nothing is asked.
 */
export function useAnswer<value>(path: string | null): Asked<value> {
  const [answer, setAnswer] = useState<Answer<value>>({
    state: path === null ? 'idle' : 'loading',
  })
  const [round, setRound] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    if (path === null) return
    let isCurrent = true
    call<value>('GET', path)
      .then((value) => isCurrent && setAnswer({ state: 'ready', value }))
      .catch((error) => isCurrent && setAnswer({ state: 'failed', fault: faultOf(error) }))
    return () => {
      isCurrent = false
    }
  }, [path, round])

  const again = useCallback(() => setRound((before) => before + 1), [])
  const change = useCallback(
    (change: (value: value) => value) =>
      setAnswer((before) =>
        before.state === 'ready' ? { state: 'ready', value: change(before.value) } : before,
      ),
    [],
  )
  return [answer, again, change]
}

/** One act at a time: whether it runs, what went wrong, and how to run it. */
export function useAct(): {
  busy: boolean
  fault: Fault | undefined
  /** @returns Whether it went well. */
  run: (act: () => Promise<unknown>) => Promise<boolean>
  clear: () => void
} {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const run = useCallback(async (act: () => Promise<unknown>) => {
    setBusy(true)
    setFault(undefined)
    try {
      await act()
      return true
    } catch (error) {
      setFault(faultOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }, [])
  return { busy, fault, run, clear: useCallback(() => setFault(undefined), []) }
}
