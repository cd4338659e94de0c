'use client'
import type { ReactNode } from 'react'
import { qrCode } from '@/lib/client/qr-code.ts'

/** A text for a camera to read: dark on white in both themes. */
export function QrCode({ text, label }: { text: string; label: string }): ReactNode {
  const rows = qrCode(text)
  const path = rows
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path fill="currentColor" d={path} />
    </svg>
  )
}
