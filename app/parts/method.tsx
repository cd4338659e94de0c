import type { ReactNode } from 'react'

const TONES: Readonly<Record<string, string>> = {
  GET: 'info',
  POST: 'ok',
  PUT: 'warn',
  PATCH: 'warn',
  DELETE: 'danger',
}

/** Reading is outlined, writing filled, deleting dashed. */
export function Method({ method, short = false }: { method: string; short?: boolean }): ReactNode {
  return (
    <span className="method" data-tone={TONES[method]}>
      {short && method === 'DELETE' ? 'DEL' : method}
    </span>
  )
}
