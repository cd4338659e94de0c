import type { Metadata } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { PROBLEMS } from '@/lib/contract/problems.ts'
import { ProblemNav } from './problem-nav.tsx'

export const metadata: Metadata = { title: 'Problems' }

/** Every failure that the API tells its clients of. */
export default function Problems(): ReactNode {
  return (
    <div className="shell">
      <ProblemNav />
      <main id="main" tabIndex={-1} className="page page-narrow">
        <header className="head">
          <div>
            <h1>Problems</h1>
            <p>
              Whatever is 400 and up is a problem document (RFC 9457). Its <code>type</code> names
              one of these.
            </p>
          </div>
        </header>
        <div className="panel">
          {Object.entries(PROBLEMS).map(([slug, { status, title }]) => (
            <div key={slug} className="panel-row">
              <span className="mono muted">{status}</span>
              <div className="grow">
                <Link className="row-link" href={`/problems/${slug}`} prefetch={false}>
                  {slug}
                </Link>
                <p className="muted">{title}</p>
              </div>
            </div>
          ))}
        </div>
      </main>
    </div>
  )
}
