'use client'
import { type ReactNode, useSyncExternalStore } from 'react'
import { Icon } from './icons.tsx'

interface Toast {
  id: number
  text: string
  tone: 'ok' | 'danger'
}

const SHOWN_FOR_MS = 5_000
const NONE: readonly Toast[] = []

let toasts = NONE
let lastId = 0
const listeners = new Set<() => void>()

/** Says something at the edge of the page. What went wrong stays until somebody closes it. */
export function toast(text: string, tone: Toast['tone'] = 'ok'): void {
  const id = ++lastId
  set([...toasts, { id, text, tone }])
  if (tone === 'ok') setTimeout(() => close(id), SHOWN_FOR_MS)
}

function close(id: number): void {
  set(toasts.filter((each) => each.id !== id))
}

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where toasts are; readers of screens hear them. One a page. */
export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => NONE,
  )
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, tone }) => (
        <div key={id} className="toast" data-tone={tone}>
          <Icon name={tone === 'ok' ? 'okay' : 'alert'} />
          <span>{text}</span>
          {tone === 'danger' && (
            <button
              className="icon-button"
              type="button"
              aria-label="Close"
              onClick={() => close(id)}
            >
              <Icon name="close" />
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
