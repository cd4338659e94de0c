'use client'
import type { ReactNode } from 'react'

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' })

/** A time as people say it; the whole of it is shown over it. Only for what is loaded in the browser. */
export function When({ at, ago = false }: { at: string; ago?: boolean }): ReactNode {
  return (
    <time dateTime={at} title={MOMENT.format(new Date(at))}>
      {ago ? timeAgo(at) : dayOf(at)}
    </time>
  )
}

export function dayOf(at: string): string {
  return DAY.format(new Date(at))
}

const HOUR = 3_600
const STEPS = [
  [60, 1, 's'],
  [HOUR, 60, 'min'],
  [24 * HOUR, HOUR, 'h'],
  [30 * 24 * HOUR, 24 * HOUR, 'days'],
] as const

/** `3 min ago`; the day where that is long ago. */
export function timeAgo(at: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1_000))
  if (seconds < 5) return 'now'
  const step = STEPS.find(([below]) => seconds < below)
  if (step === undefined) return dayOf(at)
  const [, unit, word] = step
  const count = Math.floor(seconds / unit)
  return `${count} ${word === 'days' && count === 1 ? 'day' : word} ago`
}
