'use client'
import type { ReactNode } from 'react'
import { Icon } from './parts/icons.tsx'

/** A page that could not be made. */
export default function PageError({ reset }: { reset: () => void }): ReactNode {
  return (
    <main id="main" tabIndex={-1} className="page page-narrow">
      <div className="empty" role="alert">
        <Icon name="alert" />
        <h1>This page could not be made</h1>
        <p>That is a mistake of ours, or the server is busy. Nothing of yours was changed.</p>
        <button className="button" type="button" onClick={reset}>
          <Icon name="refresh" />
          Try again
        </button>
      </div>
    </main>
  )
}
