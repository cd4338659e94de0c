import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { SessionProvider } from '@/lib/react.tsx'
import { Footer } from './parts/footer.tsx'
import { Header } from './parts/header.tsx'
import { Sprite } from './parts/sprite.tsx'
import { THEMES } from './parts/themes.ts'
import { place, viewer } from './parts/viewer.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/controls.css'
import './styles/panels.css'
import './styles/tables.css'
import './styles/overlays.css'
import './styles/pages.css'
import './styles/utilities.css'
import './brand.css'

export async function generateMetadata(): Promise<Metadata> {
  const { name } = place()
  return {
    title: { default: name, template: `%s · ${name}` },
    description: `The API of ${name}: what it offers, its reference, and your keys to it.`,
  }
}

/** What is around every page. It is made for each request: its scripts carry the nonce of that answer's policy. */
export default async function Layout({ children }: { children: ReactNode }): Promise<ReactNode> {
  const kept = (await cookies()).get('theme')?.value
  const theme = THEMES.find((each) => each === kept) ?? 'system'
  const { name } = place()
  const found = await viewer()
  return (
    <html lang="en" {...(theme === 'system' ? {} : { 'data-theme': theme })}>
      <body>
        <Sprite />
        <a className="button skip" href="#main">
          Skip to the content
        </a>
        <SessionProvider {...sessionOf(found)}>
          <Header name={name} theme={theme} />
          {children}
          <Footer name={name} />
        </SessionProvider>
      </body>
    </html>
  )
}

/** What the cookies say, so that the page need not ask; nothing where the level is not known. */
function sessionOf(
  found: Awaited<ReturnType<typeof viewer>>,
): { session: { user: string; level: number } | null } | object {
  if (found === undefined) return { session: null }
  const { user, level } = found
  return level === undefined ? {} : { session: { user, level } }
}
