import type { ReactNode } from 'react'
import { Toasts } from '../parts/toasts.tsx'

/** Pages that say in toasts how something went; those around signing in say it where it is looked for. */
export default function Layout({ children }: { children: ReactNode }): ReactNode {
  return (
    <>
      {children}
      <Toasts />
    </>
  )
}
