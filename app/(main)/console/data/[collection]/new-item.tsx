'use client'
import { type FormEvent, type ReactNode, useState } from 'react'
import { call, useAct } from '@/app/parts/api.ts'
import { ActButton, FormFault, TextField } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import type { CollectionForm } from '@/lib/http/pages/collection-form.ts'
import { ItemFields, knownFaults } from './item-fields.tsx'
import { fieldValue, type Item } from './values.ts'

/** A form for an item that is not there yet. */
export function NewItem({
  form,
  onClose,
  onMade,
}: {
  form: CollectionForm
  onClose: () => void
  onMade: (item: Item) => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const [id, setId] = useState('')
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({})
  const [sent, setSent] = useState({ text: '', key: '' })
  const writable = form.fields.filter((field) => field.writable)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const fields = writable.flatMap((field) => {
      const value = fieldValue(field, texts[field.name] ?? '')
      return value === undefined ? [] : [[field.name, value]]
    })
    const item = { ...(id.trim() === '' ? {} : { id: id.trim() }), ...Object.fromEntries(fields) }
    // The same item again, after an answer that was lost, makes nothing twice.
    const text = JSON.stringify(item)
    const key = text === sent.text ? sent.key : crypto.randomUUID()
    setSent({ text, key })
    const headers = { 'Idempotency-Key': key }
    void run(async () => onMade(await call<Item>('POST', `/api/${form.name}`, item, headers)))
  }
  return (
    <aside className="panel inspector" aria-labelledby="new-item">
      <div className="panel-row">
        <h2 id="new-item" className="grow">
          Add an item
        </h2>
        <button className="icon-button" type="button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <form className="panel-body" onSubmit={submit} noValidate>
        <TextField
          label="id"
          hint="It is part of the path and does not change. Empty: the server makes one."
          autoComplete="off"
          autoFocus
          value={id}
          onChange={({ target }) => setId(target.value)}
          error={fault?.fields['id']}
        />
        <ItemFields
          fields={writable}
          texts={texts}
          fault={fault}
          onText={(name, text) => setTexts({ ...texts, [name]: text })}
        />
        <FormFault fault={fault} known={['id', ...knownFaults(fault, writable)]} />
        <div className="row">
          <ActButton type="submit" tone="primary" busy={busy}>
            Add item
          </ActButton>
          <button className="button button-quiet" type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </aside>
  )
}
