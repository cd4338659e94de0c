'use client'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { Field, SearchField } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import type { CollectionForm } from '@/lib/http/pages/collection-form.ts'
import { ValueInput } from './value-input.tsx'

type Changes = Readonly<Record<string, string | undefined>>

const WORDS: Readonly<Record<string, string>> = {
  '': '=',
  '[gt]': '>',
  '[gte]': '≥',
  '[lt]': '<',
  '[lte]': '≤',
  '[ne]': '≠',
  '[ci]': '= without case',
  '[exists]': 'is there',
}

/** Search, order and filters of a list; each filter can be taken away. */
export function Filters({
  form,
  asked,
  onChange,
}: {
  form: CollectionForm
  asked: URLSearchParams
  onChange: (changes: Changes) => void
}): ReactNode {
  const [isAdding, setAdding] = useState(false)
  const id = useId()
  const q = asked.get('q') ?? ''
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('q')).trim()
    onChange({ q: text === '' ? undefined : text })
  }
  const chips = [...asked].filter(([name]) => name !== 'sort')
  return (
    <>
      <div className="row">
        {form.search !== undefined && (
          <form className="row grow" onSubmit={search}>
            <SearchField
              label={form.search}
              placeholder={form.search.replace(/\.$/, '')}
              name="q"
              key={q}
              defaultValue={q}
            />
            <button className="button" type="submit">
              Search
            </button>
          </form>
        )}
        {form.sorts.length > 0 && (
          <>
            <label className="hidden-text" htmlFor={id}>
              Order
            </label>
            <select
              className="input"
              id={id}
              value={asked.get('sort') ?? 'id'}
              onChange={({ target }) =>
                onChange({ sort: target.value === 'id' ? undefined : target.value })
              }
            >
              {form.sorts.map((sort) => (
                <option key={sort} value={sort}>
                  {sortWords(sort)}
                </option>
              ))}
            </select>
          </>
        )}
        {form.filters.length > 0 && (
          <button
            className="button"
            type="button"
            aria-expanded={isAdding}
            onClick={() => setAdding(!isAdding)}
          >
            <Icon name="filter" />
            Add a filter
          </button>
        )}
      </div>
      {isAdding && (
        <AddFilter
          form={form}
          onCancel={() => setAdding(false)}
          onAdd={(name, value) => {
            setAdding(false)
            onChange({ [name]: value })
          }}
        />
      )}
      {chips.length > 0 && (
        <ul className="row" aria-label="Filters">
          {chips.map(([name, value]) => (
            <li key={name}>
              <button
                className="button chip-button"
                type="button"
                aria-label={`Take away the filter ${chipWords(name, value)}`}
                onClick={() => onChange({ [name]: undefined })}
              >
                <code>{chipWords(name, value)}</code>
                <Icon name="close" size={14} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function chipWords(name: string, value: string): string {
  if (name === 'q') return `words ${value}`
  const [field = name, operator = ''] = /^([^[]+)(\[.*)?$/.exec(name)?.slice(1) ?? []
  return `${field} ${WORDS[operator] ?? operator} ${value}`
}

function sortWords(sort: string): string {
  return sort
    .split(',')
    .map((part) => (part.startsWith('-') ? `${part.slice(1)} ↓` : `${part} ↑`))
    .join(', ')
}

function AddFilter({
  form,
  onCancel,
  onAdd,
}: {
  form: CollectionForm
  onCancel: () => void
  onAdd: (name: string, value: string) => void
}): ReactNode {
  const [first] = form.filters
  const [name, setName] = useState(first?.name ?? '')
  const [operator, setOperator] = useState('')
  const [text, setText] = useState('')
  const { operators = [] } = form.filters.find((filter) => filter.name === name) ?? {}
  const field = form.fields.find((each) => each.name === name)
  const exists = operator === '[exists]'
  return (
    <form
      className="panel"
      aria-label="Add a filter"
      onSubmit={(event) => {
        event.preventDefault()
        onAdd(`${name}${operator}`, exists && text === '' ? 'true' : text)
      }}
    >
      <div className="panel-body">
        <div className="grid">
          <Field label="Field">
            {(ties) => (
              <select
                className="input"
                {...ties}
                // biome-ignore lint/a11y/noAutofocus: the form was asked for
                autoFocus
                value={name}
                onChange={({ target }) => {
                  setName(target.value)
                  setOperator('')
                  setText('')
                }}
              >
                {form.filters.map((filter) => (
                  <option key={filter.name}>{filter.name}</option>
                ))}
              </select>
            )}
          </Field>
          <Field label="Condition">
            {(ties) => (
              <select
                className="input"
                {...ties}
                value={operator}
                onChange={({ target }) => {
                  // Whether it is there is another kind of value.
                  if (exists !== (target.value === '[exists]')) setText('')
                  setOperator(target.value)
                }}
              >
                {operators.map((each) => (
                  <option key={each} value={each}>
                    {WORDS[each] ?? each}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {field !== undefined && (
            <Field label="Value">
              {(ties) => (
                <ValueInput
                  field={{
                    ...field,
                    writable: true,
                    required: true,
                    kind: exists ? 'boolean' : field.kind === 'long' ? 'text' : field.kind,
                  }}
                  text={text}
                  onText={setText}
                  ties={ties}
                />
              )}
            </Field>
          )}
        </div>
      </div>
      <div className="panel-foot">
        <button className="button" type="button" onClick={onCancel}>
          Cancel
        </button>
        <button className="button" type="submit" disabled={text === '' && !exists}>
          Add filter
        </button>
      </div>
    </form>
  )
}
