'use client'
import type { ReactNode } from 'react'
import type { FormField } from '@/lib/http/pages/collection-form.ts'

interface InputProps {
  field: FormField
  text: string
  onText: (text: string) => void
  /** What ties it to a label and an error. */
  ties: object
  autoFocus?: boolean
}

/** The control of a field, by its kind. */
export function ValueInput({
  field,
  text,
  onText,
  ties,
  autoFocus = false,
}: InputProps): ReactNode {
  const { kind, options, required, writable } = field
  const common = { className: 'input', value: text, autoFocus, ...ties }
  if (kind === 'choice' || kind === 'boolean') {
    const words = kind === 'boolean' ? ['true', 'false'] : options
    return (
      <select {...common} disabled={!writable} onChange={({ target }) => onText(target.value)}>
        {(!required || text === '') && <option value="">(none)</option>}
        {words.map((word) => (
          <option key={word}>{word}</option>
        ))}
      </select>
    )
  }
  if (kind === 'long' || kind === 'json') {
    return (
      <textarea
        {...common}
        className={kind === 'json' ? 'input mono' : 'input'}
        rows={4}
        spellCheck={kind === 'long'}
        readOnly={!writable}
        onChange={({ target }) => onText(target.value)}
      />
    )
  }
  return (
    <input
      {...common}
      type={kind === 'date' ? 'date' : 'text'}
      inputMode={kind === 'number' ? 'decimal' : undefined}
      autoComplete="off"
      readOnly={!writable}
      onChange={({ target }) => onText(target.value)}
    />
  )
}
