import Link from 'next/link'
import type { ReactNode } from 'react'

export function Footer({ name }: { name: string }): ReactNode {
  return (
    <footer className="footer">
      <span>{name} is open to everybody who keeps to its quotas.</span>
      <Link href="/reference" prefetch={false}>
        Reference
      </Link>
      <Link href="/problems" prefetch={false}>
        Problems
      </Link>
      <a href="/api/openapi.json">OpenAPI</a>
      <a href="/llms.txt">llms.txt</a>
    </footer>
  )
}
