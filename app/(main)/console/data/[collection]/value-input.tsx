'use client'
import { type ReactNode, useState } from 'react'
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
  // A field of one line would take line breaks out. It stays once there was one: changing it would lose the focus.
  const [hadBreak, setHadBreak] = useState(false)
  const hasBreak = hadBreak || (kind === 'text' && /[\r\n]/.test(text))
  if (hasBreak && !hadBreak) setHadBreak(true)
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
  if (kind === 'long' || kind === 'json' || hasBreak) {
    return (
      <textarea
        {...common}
        className={kind === 'json' ? 'input mono' : 'input'}
        rows={4}
        spellCheck={kind !== 'json'}
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
