'use client'
import type { ReactNode } from 'react'
import type { ApiKey } from '@/app/parts/answers.ts'
import { call, useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { timeAgo } from '@/app/parts/when.tsx'

export function EndKey({
  apiKey: { id, name, prefix, lastUsedAt },
  onClose,
  onEnded,
}: {
  apiKey: ApiKey
  onClose: () => void
  onEnded: () => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const act = async () => {
    if (await run(() => call('DELETE', `/api/keys/${id}`))) onEnded()
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
      <p className="muted">To change the secret without a gap, roll it instead.</p>
    </Dialog>
  )
}
