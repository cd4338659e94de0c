'use client'
import type { ReactNode } from 'react'
import { Code } from './code.tsx'
import { Badge } from './states.tsx'
import { spoken } from './waiting.tsx'

/** Whose credential a call from the reference takes. */
export type As = 'session' | 'nobody' | { key: string }

interface Request {
  method: string
  /** With its query. */
  path: string
  as: As
  /** JSON as a text. */
  body?: string
  headers?: Readonly<Record<string, string>>
}

/** What came back, as it came. */
export interface Sent {
  /** 0 where there was no answer. */
  status: number
  words: string
  milliseconds: number
  /** Of the quota, as the header says it. */
  left: string | undefined
  text: string
  /** The page that explains what went wrong. */
  problem: string | undefined
}

/** Sends a call as its reader wrote it: nothing is repeated, renewed or hidden. */
export async function send({ method, path, as, body, headers = {} }: Request): Promise<Sent> {
  const began = performance.now()
  try {
    const response = await fetch(path, {
      method,
      credentials: as === 'session' ? 'same-origin' : 'omit',
      headers: {
        ...headers,
        ...(typeof as === 'object' ? { 'X-API-Key': as.key } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return {
      status: response.status,
      words: response.statusText,
      milliseconds: Math.round(performance.now() - began),
      left: leftOf(response.headers),
      ...read(text),
    }
  } catch {
    const text = 'The server could not be reached.'
    return {
      status: 0,
      words: 'No answer',
      milliseconds: 0,
      left: undefined,
      text,
      problem: undefined,
    }
  }
}

/** What is left of the quota that will be used up first. */
function leftOf(headers: Headers): string | undefined {
  const items = [...(headers.get('ratelimit') ?? '').matchAll(/;r=(\d+);t=(\d+)/g)]
  const [first] = items
    .map(([, count, seconds]) => ({ count: Number(count), seconds: Number(seconds) }))
    .sort((a, b) => a.count - b.count)
  return first && `${first.count.toLocaleString('en')} left for ${spoken(first.seconds)}`
}

/** A body in lines, and what it is a problem of. */
function read(text: string): Pick<Sent, 'text' | 'problem'> {
  try {
    const body = JSON.parse(text)
    const type = String(body?.type)
    const problem = type.startsWith('/problems/') ? type : undefined
    return { text: JSON.stringify(body, null, 2), problem }
  } catch {
    return { text, problem: undefined }
  }
}

export function AnswerShown({ sent }: { sent: Sent }): ReactNode {
  const { status, words, milliseconds, left, text, problem } = sent
  const isGood = status >= 200 && status < 400
  return (
    <section aria-label="Answer">
      <Code
        name={`${milliseconds} ms${left === undefined ? '' : `, ${left}`}`}
        text={text === '' ? '(no body)' : text}
        language="json"
        status={
          <Badge tone={isGood ? 'ok' : 'danger'} icon={isGood ? 'okay' : 'alert'}>
            {status === 0 ? words : `${status} ${words}`}
          </Badge>
        }
      />
      {problem !== undefined && (
        <p className="answer-problem">
          <a className="row-link" href={problem}>
            What this answer means, and what to do
          </a>
        </p>
      )}
    </section>
  )
}
