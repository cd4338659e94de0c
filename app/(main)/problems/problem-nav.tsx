import Link from 'next/link'
import type { ReactNode } from 'react'
import { Icon } from '@/app/parts/icons.tsx'
import { PROBLEMS } from '@/lib/contract/problems.ts'

/** All problems beside one; a drawer where it is narrow. */
export function ProblemNav({ here }: { here?: string }): ReactNode {
  return (
    <nav className="side" id="contents" popover="auto" aria-label="Problems">
      <span className="side-title">Problems</span>
      {Object.entries(PROBLEMS).map(([slug, { status }]) => (
        <Link
          key={slug}
          className="nav-link"
          href={`/problems/${slug}`}
          prefetch={false}
          aria-current={slug === here ? 'page' : undefined}
        >
          <span className="mono">{status}</span>
          {slug}
        </Link>
      ))}
    </nav>
  )
}

export function ProblemNavButton(): ReactNode {
  return (
    <p className="drawer-button">
      <button className="button" popoverTarget="contents" type="button">
        <Icon name="list" />
        All problems
      </button>
    </p>
  )
}
