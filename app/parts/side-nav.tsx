'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Fragment, type ReactNode, useEffect, useRef } from 'react'
import { Icon } from './icons.tsx'
import type { IconName } from './sprite.tsx'

export interface SideLink {
  to: string
  word: string
  icon: IconName
  /** Stands over this link and those after it. */
  title?: string
}

/** Of the link before the one of this page, as much is seen: there is more. */
const EDGE = 64

/** The pages of one part: a column, or a strip where it is narrow, which shows where one is. */
export function SideNav({ name, links }: { name: string; links: readonly SideLink[] }): ReactNode {
  const pathname = usePathname()
  const nav = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is at another place of the strip
  useEffect(() => {
    const here = nav.current?.querySelector<HTMLElement>('[aria-current]')
    nav.current?.scrollTo({ left: (here?.offsetLeft ?? 0) - EDGE })
  }, [pathname])
  return (
    <nav className="side" aria-label={name} ref={nav}>
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
