'use client'
import { type ReactNode, useState } from 'react'
import { Icon } from './icons.tsx'
import { THEMES, type Theme } from './themes.ts'

const A_YEAR_SECONDS = 31_536_000

/** Light, dark, or as the system is. A cookie keeps it: the server sends the page in it at once. */
export function ThemeSwitch({ first }: { first: Theme }): ReactNode {
  const [theme, setTheme] = useState(first)
  const turn = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
    setTheme(next)
    if (next === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = next
    // biome-ignore lint/suspicious/noDocumentCookie: not every browser of today has the Cookie Store
    document.cookie = `theme=${next}; path=/; max-age=${A_YEAR_SECONDS}; samesite=lax`
  }
  return (
    <button
      className="icon-button"
      type="button"
      aria-label={`Theme: ${theme === 'system' ? 'as the system' : theme}`}
      onClick={turn}
    >
      <Icon name="theme" />
    </button>
  )
}
