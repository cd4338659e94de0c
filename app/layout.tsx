import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { NAME } from '@/lib/name.ts'
import './style.css'

export const metadata: Metadata = {
  title: NAME,
  description: 'An authenticated, rate-limited API at the edge',
}

export default function Layout({ children }: { children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
