'use client'
import type { ReactNode } from 'react'
import { Icon } from '@/app/parts/icons.tsx'
import type { CollectionForm } from '@/lib/http/pages/collection-form.ts'
import { Cell } from './cell.tsx'
import type { Item } from './values.ts'

/** A row for each item; a value is changed where it stands. */
export function ItemTable({
  form,
  items,
  open,
  sort,
  onSort,
  onOpen,
  onItem,
}: {
  form: CollectionForm
  items: readonly Item[]
  open: string | undefined
  sort: string
  onSort: (sort: string | undefined) => void
  onOpen: (id: string) => void
  onItem: (item: Item) => void
}): ReactNode {
  const { name, fields, sorts } = form
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section className="table-scroll" aria-label={`Items of ${name}`} tabIndex={0}>
      <table className="table data-table">
        <caption className="hidden-text">Items of {name}</caption>
        <thead>
          <tr>
            <Head name="id" sorts={sorts} sort={sort} onSort={onSort} />
            {fields.map((field) => (
              <Head
                key={field.name}
                name={field.name}
                isNumber={field.kind === 'number'}
                sorts={sorts}
                sort={sort}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id} className={item.id === open ? 'is-open' : undefined}>
              <th scope="row">
                <a
                  className="row-link id-link"
                  href={`?item=${encodeURIComponent(item.id)}`}
                  aria-current={item.id === open ? 'true' : undefined}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey) return
                    event.preventDefault()
                    onOpen(item.id)
                  }}
                >
                  {item.id}
                </a>
              </th>
              {fields.map((field) => (
                <Cell
                  key={field.name}
                  collection={name}
                  field={field}
                  item={item}
                  onItem={onItem}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Sorts up, then down, by what is declared; other columns have a name alone. */
function Head({
  name,
  isNumber = false,
  sorts,
  sort,
  onSort,
}: {
  name: string
  isNumber?: boolean
  sorts: readonly string[]
  sort: string
  onSort: (sort: string | undefined) => void
}): ReactNode {
  const first = sort.split(',')[0] ?? ''
  const isUp = first === name
  const isDown = first === `-${name}`
  const className = isNumber ? 'num' : undefined
  if (!sorts.includes(name) || !sorts.includes(`-${name}`)) {
    return (
      <th scope="col" className={className}>
        {name}
      </th>
    )
  }
  const next = sort === name ? `-${name}` : name
  return (
    <th
      scope="col"
      className={className}
      aria-sort={isUp ? 'ascending' : isDown ? 'descending' : undefined}
    >
      <button
        className="sort"
        type="button"
        onClick={() => onSort(next === 'id' ? undefined : next)}
      >
        {name}
        <Icon name={isUp ? 'up' : isDown ? 'down' : 'upDown'} size={14} />
      </button>
    </th>
  )
}
