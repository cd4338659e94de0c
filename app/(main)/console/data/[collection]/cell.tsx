'use client'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { call, faultOf } from '@/app/parts/api.ts'
import { Icon } from '@/app/parts/icons.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import type { FormField } from '@/lib/http/pages/collection-form.ts'
import { ValueInput } from './value-input.tsx'
import { cellText, changesOf, type Item, textOf } from './values.ts'

interface CellProps {
  collection: string
  field: FormField
  item: Item
  onItem: (item: Item) => void
}

/** A value of the table. Pressing it makes it a field: Enter saves it, Escape leaves it as it was. */
export function Cell({ collection, field, item, onItem }: CellProps): ReactNode {
  const [isEditing, setEditing] = useState(false)
  const [returns, setReturns] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const text = cellText(item[field.name])
  const className = field.kind === 'number' ? 'num' : undefined

  useEffect(() => {
    if (returns && !isEditing) button.current?.focus()
  }, [returns, isEditing])

  if (isEditing) {
    return (
      <td className={className}>
        <CellForm
          collection={collection}
          field={field}
          item={item}
          onItem={onItem}
          onEnd={(byKey) => {
            setReturns(byKey)
            setEditing(false)
          }}
        />
      </td>
    )
  }
  if (!field.writable) {
    return <td className={`${className ?? ''} cell-fixed`}>{text}</td>
  }
  return (
    <td className={className}>
      <button
        className="cell-button"
        type="button"
        ref={button}
        title={text}
        onClick={() => setEditing(true)}
      >
        {text === '' ? <span className="muted">none</span> : text}
        <span className="hidden-text">
          , change {field.name} of {item.id}
        </span>
      </button>
    </td>
  )
}

function CellForm({
  collection,
  field,
  item,
  onItem,
  onEnd,
}: CellProps & { onEnd: (byKey: boolean) => void }): ReactNode {
  const [text, setText] = useState(textOf(item[field.name]))
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const id = useId()

  const save = async (byKey: boolean): Promise<void> => {
    if (busy) return
    const changes = changesOf([field], item, { [field.name]: text })
    if (Object.keys(changes).length === 0) return onEnd(byKey)
    setBusy(true)
    try {
      const path = `/api/${collection}/${encodeURIComponent(item.id)}`
      onItem(await call<Item>('PATCH', path, changes))
      toast(`${field.name} of “${item.id}” saved`)
      onEnd(byKey)
    } catch (failure) {
      const { title, detail, fields } = faultOf(failure)
      setError(fields[field.name] ?? Object.values(fields)[0] ?? detail ?? title)
      setBusy(false)
    }
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onEnd(true)
    const isBreak = event.shiftKey && event.target instanceof HTMLTextAreaElement
    if (event.key !== 'Enter' || isBreak) return
    event.preventDefault()
    void save(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of the field in it
    <div className="cell-form" onKeyDown={press} onBlur={() => void save(false)}>
      <label className="hidden-text" htmlFor={id}>
        {field.name} of {item.id}
      </label>
      <ValueInput
        field={field}
        text={text}
        onText={setText}
        autoFocus
        ties={{
          id,
          'aria-invalid': error === undefined ? undefined : true,
          'aria-describedby': error === undefined ? undefined : `${id}-error`,
          'aria-busy': busy || undefined,
        }}
      />
      {error !== undefined && (
        <span className="field-error" id={`${id}-error`} role="alert">
          <Icon name="alert" size={16} />
          {error}
        </span>
      )}
    </div>
  )
}
