'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, type RefObject, useRef } from 'react'
import { ADMIN_LEVEL } from '@/lib/contract/access.ts'
import { signOut, useSession } from '@/lib/react.tsx'
import { faultOf } from './api.ts'
import { Icon } from './icons.tsx'
import { ThemeSwitch } from './theme-switch.tsx'
import type { Theme } from './themes.ts'
import { toast } from './toasts.tsx'

/** The bar of every page: where one can go, and who one is. */
export function Header({ name, theme }: { name: string; theme: Theme }): ReactNode {
  const nav = useRef<HTMLElement>(null)
  const { data } = useSession()
  const links = [
    { to: '/', word: 'Start' },
    { to: '/reference', word: 'Reference' },
    { to: '/account', word: 'Account' },
    ...((data?.level ?? 0) >= ADMIN_LEVEL ? [{ to: '/console', word: 'Console' }] : []),
  ]
  return (
    <header className="header">
      <Link className="brand" href="/" prefetch={false}>
        <Mark name={name} />
        {name}
      </Link>
      <nav className="header-nav menu" id="main-nav" popover="auto" aria-label="Main" ref={nav}>
        {links.map(({ to, word }) => (
          <HeaderLink key={to} to={to} menu={nav}>
            {word}
          </HeaderLink>
        ))}
      </nav>
      <ThemeSwitch first={theme} />
      <Account />
      <button
        className="icon-button header-menu"
        type="button"
        popoverTarget="main-nav"
        aria-label="Menu"
      >
        <Icon name="menu" />
      </button>
    </header>
  )
}

/** The first letter of the name, in the brand's colour; a publisher may draw another mark. */
function Mark({ name }: { name: string }): ReactNode {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <text x="16" y="22.5" textAnchor="middle">
        {name.charAt(0).toUpperCase()}
      </text>
    </svg>
  )
}

function HeaderLink({
  to,
  menu,
  children,
}: {
  to: string
  menu: RefObject<HTMLElement | null>
  children: ReactNode
}): ReactNode {
  const pathname = usePathname()
  const isHere = to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`)
  return (
    <Link
      className="nav-link"
      href={to}
      prefetch={false}
      aria-current={isHere ? 'true' : undefined}
      onClick={() => hide(menu.current)}
    >
      {children}
    </Link>
  )
}

/** A way to sign in, or a menu of the own account. */
function Account(): ReactNode {
  const menu = useRef<HTMLDivElement>(null)
  const { data, status } = useSession()
  if (status === 'loading') return <span className="icon-button" aria-hidden="true" />
  if (data === null) {
    return (
      <a className="button" href="/signin">
        Sign in
      </a>
    )
  }
  return (
    <>
      <button
        className="button button-quiet"
        type="button"
        popoverTarget="account-menu"
        aria-label={`Account: ${data.user}`}
      >
        <Icon name="user" />
        <span className="wide-only account-name">{data.user}</span>
      </button>
      <div className="menu" id="account-menu" popover="auto" ref={menu}>
        {[
          ['/account/keys', 'API keys'],
          ['/account/usage', 'Usage'],
          ['/account/security', 'Security'],
        ].map(([to = '', word]) => (
          <Link
            key={to}
            className="nav-link"
            href={to}
            prefetch={false}
            onClick={() => hide(menu.current)}
          >
            {word}
          </Link>
        ))}
        <hr />
        <button className="nav-link" type="button" onClick={() => void leave()}>
          Sign out
        </button>
      </div>
    </>
  )
}

async function leave(): Promise<void> {
  try {
    await signOut({ returnTo: '/' })
  } catch (error) {
    const { title } = faultOf(error)
    toast(`You are still signed in. ${title}`, 'danger')
  }
}

function hide(menu: HTMLElement | null): void {
  if (menu?.matches(':popover-open')) menu.hidePopover()
}
