'use client'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Answer, Fault } from './api.ts'
import { Icon } from './icons.tsx'
import type { IconName } from './sprite.tsx'
import { Waiting } from './waiting.tsx'

/** Nothing is there: what it is for, and the way to the first. */
export function Empty({
  icon,
  title,
  children,
  act,
}: {
  icon: IconName
  title: string
  children: ReactNode
  act?: ReactNode
}): ReactNode {
  return (
    <div className="empty">
      <Icon name={icon} />
      <p className="empty-title">{title}</p>
      <p>{children}</p>
      {act}
    </div>
  )
}

/** It could not be loaded: what, why if that is known, and again. */
export function Failed({
  what,
  fault,
  again,
}: {
  what: string
  fault: Fault
  again: () => void
}): ReactNode {
  return (
    <div className="empty" role="alert">
      <Icon name="alert" />
      <p className="empty-title">{what} could not be loaded</p>
      <p>
        {fault.title}.{fault.detail && ` ${fault.detail}`}
        {fault.requestId && (
          <>
            {' '}
            Request <code>{fault.requestId}</code>
          </>
        )}
      </p>
      {fault.code === 'quota-exceeded' && <QuotaWords fault={fault} />}
      <button className="button" type="button" onClick={again}>
        <Icon name="refresh" />
        Try again
      </button>
    </div>
  )
}

/** How long a quota lets nothing in, and where that is explained. */
export function QuotaWords({
  fault: { requestId, retryAfterSeconds },
}: {
  fault: Fault
}): ReactNode {
  return (
    <>
      {retryAfterSeconds !== undefined && <Waiting key={requestId} seconds={retryAfterSeconds} />}
      <p>
        <a href="/problems/quota-exceeded">What that means</a>
      </p>
    </>
  )
}

/** Rows that are on their way, as high as those that come. */
export function Skeleton({
  rows = 5,
  columns = 3,
}: {
  rows?: number
  columns?: number
}): ReactNode {
  const across = Array.from({ length: columns }, (_, at) => at)
  return (
    <div aria-busy="true">
      <span className="hidden-text">Loading…</span>
      <table className="table" aria-hidden="true">
        <tbody>
          {Array.from({ length: rows }, (_, row) => row).map((row) => (
            <tr key={row}>
              {across.map((column) => (
                <td key={column}>
                  <span className="skeleton" />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One of the three, or what has come. */
export function Loaded<value>({
  answer,
  what,
  again,
  waiting = <Skeleton />,
  children,
}: {
  answer: Answer<value>
  what: string
  again: () => void
  waiting?: ReactNode
  children: (value: value) => ReactNode
}): ReactNode {
  if (answer.state === 'loading' || answer.state === 'idle') return waiting
  if (answer.state === 'failed') return <Failed what={what} fault={answer.fault} again={again} />
  return children(answer.value)
}

/** A word of state: shape and word before colour. */
export function Badge({
  tone,
  icon,
  children,
}: {
  tone?: 'ok' | 'warn' | 'danger' | 'info'
  icon?: IconName
  children: ReactNode
}): ReactNode {
  return (
    <span className="badge" data-tone={tone}>
      {icon !== undefined && <Icon name={icon} size={14} />}
      {children}
    </span>
  )
}

/** What went well and took the place of a form: it has the focus, which the form has lost. */
export function Said({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <div className="said" role="status" tabIndex={-1} ref={place}>
      <Notice tone="ok" title={title}>
        {children}
      </Notice>
    </div>
  )
}

export function Notice({
  tone,
  title,
  children,
}: {
  tone: 'ok' | 'warn' | 'danger' | 'info'
  title: string
  children?: ReactNode
}): ReactNode {
  const icon = tone === 'ok' ? 'okay' : tone === 'info' ? 'info' : 'alert'
  return (
    <div className="notice" data-tone={tone}>
      <Icon name={icon} />
      <div>
        <strong>{title}</strong>
        {children}
      </div>
    </div>
  )
}
