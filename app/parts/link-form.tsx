'use client'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { jsonInit } from '@/lib/client/transport.ts'
import { pageClient } from '@/lib/react.tsx'
import { type Fault, faultOf } from './api.ts'
import { ActButton, PasswordField } from './fields.tsx'
import { keyCount } from './key-count.ts'
import { Said } from './states.tsx'
import { Waiting } from './waiting.tsx'

/**
 * What a mail's link opens: a form, so that opening the page alone, as mail scanners do, uses nothing up.
 * The token is in the page's fragment, which no server gets to see.
 *
 * @param asksFirst Whether a password is asked for at once; else where the link carries none.
 */
export function LinkForm({
  path,
  button,
  done,
  minLength,
  asksFirst,
}: {
  path: string
  button: string
  done: string
  minLength: number
  asksFirst: boolean
}): ReactNode {
  const [asks, setAsks] = useState(asksFirst)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const [said, setSaid] = useState('')
  const password = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (asks && !asksFirst) password.current?.focus()
  }, [asks, asksFirst])

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
    const body = asks ? { token, password: password.current?.value ?? '' } : { token }
    setBusy(true)
    setFault(undefined)
    try {
      const { headers } = await pageClient().request(path, jsonInit('POST', body))
      const ended = keyCount(headers, 'Ended')
      setSaid(ended === '' ? done : `${done} Ended, too: ${ended}.`)
    } catch (error) {
      setFault(faultOf(error))
      if (faultOf(error).fields['password'] !== undefined) setAsks(true)
    }
    setBusy(false)
  }

  if (said !== '') {
    return (
      <>
        <Said title={said} />
        <a className="button button-primary" href="/signin">
          Sign in
        </a>
      </>
    )
  }
  return (
    <form className="fields" onSubmit={submit} method="post">
      {asks && (
        <PasswordField
          label={`New password, ${minLength} characters at least`}
          autoComplete="new-password"
          required
          ref={password}
        />
      )}
      <ActButton type="submit" tone="primary" busy={busy}>
        {button}
      </ActButton>
      <p role="alert" className={fault === undefined ? '' : 'field-error'}>
        {fault !== undefined && wordsOf(fault, asks)}
      </p>
      {fault?.retryAfterSeconds !== undefined && (
        <Waiting key={fault.requestId} seconds={fault.retryAfterSeconds} />
      )}
    </form>
  )
}

function wordsOf({ code, title, fields }: Fault, asked: boolean): string {
  if (code === 'invalid-token') {
    return 'This link was used, is too old, or is not of the newest mail. Ask for another one.'
  }
  const [[field, message] = []] = Object.entries(fields)
  if (field === undefined || message === undefined) return title
  if (field === 'password' && message.startsWith('Is required')) {
    return 'Choose the password of your account.'
  }
  return asked ? `It ${message.charAt(0).toLowerCase()}${message.slice(1)}` : message
}
