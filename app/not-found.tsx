import Link from 'next/link'
import type { ReactNode } from 'react'

export default function NotFound(): ReactNode {
  return (
    <main id="main" tabIndex={-1} className="page page-narrow">
      <div className="empty">
        <span className="badge">404</span>
        <h1>There is nothing here</h1>
        <p>
          Check the address. The{' '}
          <Link href="/reference" prefetch={false}>
            reference
          </Link>{' '}
          has every path of the API.
        </p>
      </div>
    </main>
  )
}
