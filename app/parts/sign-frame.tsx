import type { ReactNode } from 'react'

/** A page with one form. */
export function SignFrame({
  title,
  lead,
  children,
}: {
  title: string
  lead?: ReactNode
  children: ReactNode
}): ReactNode {
  return (
    <main id="main" tabIndex={-1} className="auth">
      <div>
        <h1>{title}</h1>
        {lead !== undefined && <p className="muted">{lead}</p>}
      </div>
      <div className="fields">{children}</div>
    </main>
  )
}
