'use client'
import { type ComponentProps, type ReactNode, useId, useState } from 'react'
import type { Fault } from './api.ts'
import { Icon } from './icons.tsx'
import { QuotaWords } from './states.tsx'

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
}

/** What ties a control to its label, its hint and its error. */
interface Ties {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

/** A label, a hint, a control and what is wrong with it. */
export function Field({
  label,
  hint,
  error,
  children,
}: FieldProps & { children: (ties: Ties) => ReactNode }): ReactNode {
  const id = useId()
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {children({
        id,
        'aria-describedby': describedBy || undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {error && (
        <span className="field-error" id={`${id}-error`}>
          <Icon name="alert" size={16} />
          {error}
        </span>
      )}
    </div>
  )
}

export function TextField({
  label,
  hint,
  error,
  ...input
}: FieldProps & ComponentProps<'input'>): ReactNode {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ties) => <input className="input" {...input} {...ties} />}
    </Field>
  )
}

/** The address of an account. */
export function AddressField(props: {
  error?: string | undefined
  autoComplete?: string
}): ReactNode {
  return (
    <TextField
      label="Address"
      name="user"
      type="email"
      inputMode="email"
      autoComplete="username"
      required
      {...props}
    />
  )
}

/** A search: its icon says what it is, its label stands in it. */
export function SearchField({
  label,
  placeholder = label,
  ...input
}: { label: string } & ComponentProps<'input'>): ReactNode {
  const id = useId()
  return (
    <div className="grow">
      <label className="hidden-text" htmlFor={id}>
        {label}
      </label>
      <span className="input-group">
        <Icon name="search" />
        <input className="input" type="search" placeholder={placeholder} {...input} id={id} />
      </span>
    </div>
  )
}

/** A password, which can be shown. */
export function PasswordField({
  label,
  hint,
  error,
  ...input
}: FieldProps & ComponentProps<'input'>): ReactNode {
  const [shown, setShown] = useState(false)
  return (
    <Field label={label} hint={hint} error={error}>
      {(ties) => (
        <span className="input-group">
          <input className="input" {...input} {...ties} type={shown ? 'text' : 'password'} />
          <button
            className="icon-button"
            type="button"
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <Icon name="eye" />
            <span className="hidden-text">Show it</span>
          </button>
        </span>
      )}
    </Field>
  )
}

/** A button that starts an act; while that runs it says so, and starts nothing more. */
export function ActButton({
  busy,
  tone = 'plain',
  children,
  ...button
}: {
  busy?: boolean
  tone?: 'plain' | 'primary' | 'danger-solid'
  children: ReactNode
} & ComponentProps<'button'>): ReactNode {
  return (
    <button
      type="button"
      {...button}
      className={tone === 'plain' ? 'button' : `button button-${tone}`}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : button.onClick}
    >
      {children}
    </button>
  )
}

/** Ends one thing of a list; readers of screens hear which. */
export function EndButton({
  word,
  of,
  busy,
  onClick,
}: {
  word: string
  of: string
  busy?: boolean
  onClick: () => void
}): ReactNode {
  return (
    <button
      className="button button-quiet"
      data-tone="danger"
      type="button"
      aria-busy={busy || undefined}
      onClick={onClick}
    >
      {word}
      <span className="hidden-text"> {of}</span>
    </button>
  )
}

/** What went wrong with a form as a whole; what is wrong with a field stands there. */
export function FormFault({
  fault,
  known = [],
}: {
  fault: Fault | undefined
  /** The fields that show their own. */
  known?: readonly string[]
}): ReactNode {
  if (fault === undefined) return null
  const others = Object.entries(fault.fields).filter(([name]) => !known.includes(name))
  // What stands at its field is not said twice.
  if (fault.code === 'validation-error' && others.length === 0) return null
  return (
    <div className="notice" data-tone="danger" role="alert">
      <Icon name="alert" />
      <div>
        <strong>{fault.title}</strong>
        {fault.detail && <p>{fault.detail}</p>}
        {others.map(([name, message]) => (
          <p key={name}>
            {name !== '' && <code>{name}</code>} {message}
          </p>
        ))}
        {fault.code === 'quota-exceeded' && <QuotaWords fault={fault} />}
        {fault.code === 'internal-error' && (
          <p>
            Request <code>{fault.requestId}</code>
          </p>
        )}
      </div>
    </div>
  )
}
