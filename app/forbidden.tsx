import Link from 'next/link'
import type { ReactNode } from 'react'
import { viewer } from './parts/viewer.ts'

/** For whoever is signed in and is no admin. */
export default async function Forbidden(): Promise<ReactNode> {
  const found = await viewer()
  return (
    <main id="main" tabIndex={-1} className="page page-narrow">
      <div className="empty">
        <span className="badge">403</span>
        <h1>The console is for admins</h1>
        <p>
          {found === undefined
            ? 'You are no admin.'
            : `You are signed in as ${found.user}, who is no admin.`}
        </p>
        <Link className="button" href="/account" prefetch={false}>
          To your account
        </Link>
      </div>
    </main>
  )
}
