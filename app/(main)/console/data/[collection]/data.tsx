'use client'
import { type ReactNode, useState } from 'react'
import { Icon } from '@/app/parts/icons.tsx'
import { counted, PageFoot, usePaged } from '@/app/parts/paged.tsx'
import { useQuery } from '@/app/parts/query.ts'
import { Empty, Loaded, Skeleton } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import type { CollectionForm } from '@/lib/http/pages/collection-form.ts'
import { Filters } from './filters.tsx'
import { ItemInspector } from './item-inspector.tsx'
import { ItemTable } from './item-table.tsx'
import { NewItem } from './new-item.tsx'
import type { Item } from './values.ts'

const ROWS = 25

/** The rows of a collection: filtered, sorted, added, edited in their place, deleted. */
export function Data({
  form,
  who,
  prefix,
}: {
  form: CollectionForm
  who: string
  prefix: string
}): ReactNode {
  const [query, setQuery] = useQuery()
  const [isAdding, setAdding] = useState(false)
  const asked = askedOf(form, query)
  const paged = useCounted(`/api/${form.name}`, asked)
  const open = query.get('item') ?? undefined
  const isFiltered = [...asked.keys()].some((name) => name !== 'sort')

  const replace = (item: Item) =>
    paged.change((page) => ({
      ...page,
      data: page.data.map((each) => (each.id === item.id ? item : each)),
    }))
  /** Of the item that is open, made in the table: it is another version by now. */
  const [edits, setEdits] = useState(0)
  const remove = (id: string) => {
    setQuery({ item: undefined })
    // One that was open need not be among those that are listed; of a page without any there may be others.
    const rest = paged.answer.value?.data.filter((each) => each.id !== id) ?? []
    if (rest.length === 0) (paged.back ?? paged.again)()
    else if (rest.length !== paged.answer.value?.data.length) {
      paged.change((page) => ({
        ...page,
        ...(page.count === undefined ? {} : { count: page.count - 1 }),
        data: rest,
      }))
    }
    toast(`“${id}” deleted`)
  }
  const clear = () =>
    setQuery(Object.fromEntries([...asked.keys()].map((name) => [name, undefined])))

  return (
    <>
      <header className="head">
        <div>
          <h1>{form.name}</h1>
          <p>{who}</p>
        </div>
        <button
          className="button button-primary"
          type="button"
          onClick={() => {
            setQuery({ item: undefined })
            setAdding(true)
          }}
        >
          <Icon name="plus" />
          Add an item
        </button>
      </header>
      <div className="split">
        <section className="section" aria-label="Items">
          <Filters form={form} asked={asked} onChange={setQuery} />
          <div className="panel">
            <Loaded
              answer={paged.answer}
              what="The items"
              again={paged.again}
              waiting={<Skeleton rows={12} columns={form.fields.length + 1} />}
            >
              {({ data }) =>
                data.length === 0 ? (
                  <Empty
                    icon={isFiltered ? 'search' : 'table'}
                    title={isFiltered ? 'No item matches' : 'No items yet'}
                    act={
                      isFiltered ? (
                        <button className="button" type="button" onClick={clear}>
                          Clear filters
                        </button>
                      ) : undefined
                    }
                  >
                    {isFiltered ? (
                      <>
                        Nothing has <code>{decodeURIComponent(String(asked))}</code>.
                      </>
                    ) : (
                      <>
                        Add one here, or load a file with <code>npm run seed</code>.
                      </>
                    )}
                  </Empty>
                ) : (
                  <ItemTable
                    form={form}
                    items={data}
                    open={open}
                    sort={asked.get('sort') ?? 'id'}
                    onSort={(sort) => setQuery({ sort })}
                    onOpen={(item) => {
                      setAdding(false)
                      setQuery({ item })
                    }}
                    onItem={(item) => {
                      replace(item)
                      if (item.id === open) setEdits(edits + 1)
                    }}
                  />
                )
              }
            </Loaded>
            <PageFoot
              paged={paged}
              words={({ data, count }) =>
                count === undefined
                  ? counted(data.length, 'item')
                  : `${data.length} of ${isFiltered ? `${count.toLocaleString('en')} that match` : counted(count, 'item')}`
              }
            />
          </div>
        </section>
        {isAdding ? (
          <NewItem
            form={form}
            onClose={() => setAdding(false)}
            onMade={(item) => {
              setAdding(false)
              paged.again()
              setQuery({ item: item.id })
              toast(`“${item.id}” added`)
            }}
          />
        ) : paged.answer.state === 'loading' ? null : open === undefined ? (
          <aside className="panel inspector wide-only" aria-label="One item">
            <Empty icon="table" title="No item is open">
              Choose one to see it whole. A value in the table is changed where it stands.
            </Empty>
          </aside>
        ) : (
          <ItemInspector
            key={open}
            form={form}
            id={open}
            edits={edits}
            storeKey={`${prefix}${open}`}
            onClose={() => setQuery({ item: undefined })}
            onItem={replace}
            onDeleted={() => remove(open)}
          />
        )}
      </div>
    </>
  )
}

/** What of this page's query is of the list. */
function askedOf(form: CollectionForm, query: URLSearchParams): URLSearchParams {
  const filters = form.filters.flatMap(({ name, operators }) =>
    operators.map((operator) => `${name}${operator}`),
  )
  const names = ['sort', 'q', ...filters]
  return new URLSearchParams([...query].filter(([name]) => names.includes(name)))
}

/** A list with its count; without, where counting would cost more than a page. */
function useCounted(path: string, asked: URLSearchParams): ReturnType<typeof usePaged<Item>> {
  const [uncounted, setUncounted] = useState<string>()
  const query = String(asked)
  const count = uncounted === query ? '' : '&count=exact'
  const paged = usePaged<Item>(`${path}?limit=${ROWS}${query === '' ? '' : `&${query}`}${count}`)
  const { answer } = paged
  const isTooDear = answer.state === 'failed' && answer.fault.fields['count'] !== undefined
  if (isTooDear && uncounted !== query) setUncounted(query)
  return isTooDear ? { ...paged, answer: { state: 'loading' } } : paged
}
