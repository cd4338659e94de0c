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

/** What a person is told as it stands, where no answer of the API is at fault. */
export class Told extends Error {}

/** What is to be said of a call that failed. */
export function faultOf(error: unknown): Fault {
  if (error instanceof UsherProblem) {
    const { message, detail, code, requestId, retryAfterSeconds, errors } = error
    const fields = Object.fromEntries(
      errors.map(({ pointer, message }) => [pointer.replace(/^#\/?/, ''), sentence(message)]),
    )
    return { title: message, detail, code, requestId, retryAfterSeconds, fields }
  }
  const none = { code: undefined, requestId: undefined, retryAfterSeconds: undefined }
  if (error instanceof Told) {
    return { title: error.message, detail: undefined, fields: {}, ...none }
  }
  const title =
    error instanceof UnexpectedAnswer ? error.message : 'The server could not be reached'
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

/** The answer, what asks again, what changes it without asking, and the path that it is an answer to. */
export type Asked<value> = [
  Answer<value>,
  again: () => void,
  change: (change: (value: value) => value) => void,
  of: string | null,
]

/**
 * What the API answers to a GET. The answer of another path stays until the new one has come.
 *
 * @param path Null: nothing is asked.
 */
export function useAnswer<value>(path: string | null): Asked<value> {
  const [{ answer, of }, setAnswered] = useState<{ answer: Answer<value>; of: string | null }>({
    answer: { state: path === null ? 'idle' : 'loading' },
    of: path,
  })
  const [round, setRound] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    if (path === null) return
    let isCurrent = true
    call<value>('GET', path)
      .then((value): Answer<value> => ({ state: 'ready', value }))
      .catch((error): Answer<value> => ({ state: 'failed', fault: faultOf(error) }))
      .then((answer) => isCurrent && setAnswered({ answer, of: path }))
    return () => {
      isCurrent = false
    }
  }, [path, round])

  const again = useCallback(() => setRound((before) => before + 1), [])
  const change = useCallback(
    (change: (value: value) => value) =>
      setAnswered(({ answer, of }) => ({
        answer: answer.state === 'ready' ? { state: 'ready', value: change(answer.value) } : answer,
        of,
      })),
    [],
  )
  return [answer, again, change, of]
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
