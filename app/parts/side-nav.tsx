'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Fragment, type ReactNode } from 'react'
import { Icon } from './icons.tsx'
import type { IconName } from './sprite.tsx'

export interface SideLink {
  to: string
  word: string
  icon: IconName
  /** Stands over this link and those after it. */
  title?: string
}

/** The pages of one part: a column, or a strip where it is narrow. */
export function SideNav({ name, links }: { name: string; links: readonly SideLink[] }): ReactNode {
  const pathname = usePathname()
  return (
    <nav className="side" aria-label={name}>
      {links.map(({ to, word, icon, title }) => (
        <Fragment key={to}>
          {title !== undefined && <span className="side-title">{title}</span>}
          <Link
            className="nav-link"
            href={to}
            prefetch={false}
            aria-current={pathname === to ? 'page' : undefined}
          >
            <Icon name={icon} />
            {word}
          </Link>
        </Fragment>
      ))}
    </nav>
  )
}
