'use client'
import { type ReactNode, useEffect, useState } from 'react'

/** How long until a quota lets in again, counted down. Readers of screens hear it once. */
export function Waiting({ seconds }: { seconds: number }): ReactNode {
  const [end] = useState(() => Date.now() + seconds * 1_000)
  const [left, setLeft] = useState(seconds)
  useEffect(() => {
    const timer = setInterval(() => setLeft(Math.ceil((end - Date.now()) / 1_000)), 1_000)
    return () => clearInterval(timer)
  }, [end])
  return (
    <p aria-live="off">{left > 0 ? `Try again in ${spoken(left)}.` : 'You can try again now.'}</p>
  )
}

/** `4 min 12 s` */
export function spoken(seconds: number): string {
  const [days, hours, minutes, rest] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ]
  if (days > 0) return `${days} ${days === 1 ? 'day' : 'days'} ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`
}
