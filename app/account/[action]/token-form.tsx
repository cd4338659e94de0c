'use client'

import { type FormEvent, type ReactNode, useState } from 'react'

const ACTIONS = {
  verify: {
    path: '/api/auth/email/verify',
    button: 'Confirm',
    done: 'Your address is confirmed: you can sign in now.',
  },
  reset: {
    path: '/api/auth/password/reset',
    button: 'Set the password',
    done: 'Your password is set: sign in with it. Every session has ended.',
  },
} as const

/** Sends the token of the page's fragment, which no server has seen, when the person says so. */
export function TokenForm({ action }: { action: keyof typeof ACTIONS }): ReactNode {
  const { path, button, done } = ACTIONS[action]
  const [state, setState] = useState<'ready' | 'sending' | 'done' | { fault: string }>('ready')

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const password = new FormData(event.currentTarget).get('password')
    const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
    setState('sending')
    try {
      const response = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(password === null ? { token } : { token, password }),
      })
      setState(response.ok ? 'done' : { fault: faultOf(await response.json()) })
    } catch {
      setState({ fault: 'The server could not be reached. Try again.' })
    }
  }

  if (state === 'done') return <p role="status">{done}</p>
  return (
    <form onSubmit={submit}>
      {action === 'reset' && (
        <p>
          <label>
            New password, 8 characters at least{' '}
            <input name="password" type="password" autoComplete="new-password" required />
          </label>
        </p>
      )}
      <p>
        <button type="submit" disabled={state === 'sending'}>
          {button}
        </button>
      </p>
      {typeof state === 'object' && <p role="alert">{state.fault}</p>}
    </form>
  )
}

function faultOf(problem: { type?: string; title?: string; errors?: { message: string }[] }) {
  if (problem.type === '/problems/invalid-token') {
    return 'This link was used, is too old, or is not of the newest mail. Ask for another one.'
  }
  const [fault] = problem.errors ?? []
  return fault === undefined ? (problem.title ?? 'It did not work.') : `It ${fault.message}.`
}
