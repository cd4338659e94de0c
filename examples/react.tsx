// A page of the API's own origin in React: who is signed in, signing in and out, in every tab at once.
import { type FormEvent, type ReactNode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { UsherProblem } from '../lib/client.ts'
import { SessionProvider, signIn, signOut, useSession } from '../lib/react.tsx'

export function start(place: Element): void {
  createRoot(place).render(
    <SessionProvider>
      <Account />
    </SessionProvider>,
  )
}

function Account(): ReactNode {
  const { data, status } = useSession()
  if (status === 'loading') return <p>One moment…</p>
  if (data === null) return <SignIn />
  return (
    <p>
      Signed in as {data.user}, level {data.level}.{' '}
      <button type="button" onClick={() => signOut()}>
        Sign out
      </button>
    </p>
  )
}

function SignIn(): ReactNode {
  const [fault, setFault] = useState('')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const [user, password] = [String(fields.get('user')), String(fields.get('password'))]
    try {
      await signIn('credentials', { user, password })
    } catch (error) {
      if (!(error instanceof UsherProblem)) throw error
      setFault(error.message)
    }
  }
  return (
    <form onSubmit={submit}>
      <label>
        Address <input name="user" type="email" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit">Sign in</button>
      <p role="alert">{fault}</p>
    </form>
  )
}
