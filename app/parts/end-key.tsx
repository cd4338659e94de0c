'use client'
import type { ReactNode } from 'react'
import type { ApiKey } from './answers.ts'
import { call, useAct } from './api.ts'
import { Dialog } from './dialog.tsx'
import { timeAgo } from './when.tsx'

/** Asks once, and ends an API key: an own one, or for admins one of an account. */
export function EndKey({
  apiKey: { id, name, prefix, lastUsedAt },
  path,
  onClose,
  onEnded,
  children,
}: {
  apiKey: ApiKey
  /** Of the list that it is in. */
  path: string
  onClose: () => void
  onEnded: () => void
  children?: ReactNode
}): ReactNode {
  const { busy, fault, run } = useAct()
  const act = async () => {
    if (await run(() => call('DELETE', `${path}/${id}`))) onEnded()
  }
  return (
    <Dialog
      title={`End “${name}”?`}
      act="End API key"
      out="Keep it"
      danger
      busy={busy}
      fault={fault}
      onAct={act}
      onClose={onClose}
    >
      <p>Calls with this API key are refused at once. It cannot be brought back.</p>
      <ul className="goes" data-tone="danger">
        <li>
          <code>{prefix}…</code>
        </li>
        <li>{lastUsedAt === null ? 'Never used' : `Used ${timeAgo(lastUsedAt)}`}</li>
      </ul>
      {children}
    </Dialog>
  )
}
