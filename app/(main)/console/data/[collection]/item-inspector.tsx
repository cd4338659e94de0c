'use client'
import { type FormEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { type Answer, call, faultOf, useAct } from '@/app/parts/api.ts'
import { Code } from '@/app/parts/code.tsx'
import { Dialog } from '@/app/parts/dialog.tsx'
import { ActButton, FormFault, TextField } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Loaded, Skeleton } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import type { CollectionForm } from '@/lib/http/pages/collection-form.ts'
import { pageClient } from '@/lib/react.tsx'
import { ItemFields, knownFaults } from './item-fields.tsx'
import { changesOf, type Item, textOf } from './values.ts'

interface Version {
  item: Item
  tag: string
}

interface InspectorProps {
  form: CollectionForm
  id: string
  /** How often it was changed elsewhere on the page: it is read again then. */
  edits: number
  /** The key in Redis, to name what goes. */
  storeKey: string
  onClose: () => void
  onItem: (item: Item) => void
  onDeleted: () => void
}

/** One item whole. It is saved under the version that was read: nobody's change is written over. */
export function ItemInspector(props: InspectorProps): ReactNode {
  const { form, id, edits, onClose } = props
  const path = `/api/${form.name}/${encodeURIComponent(id)}`
  const [answer, setAnswer] = useState<Answer<Version>>({ state: 'loading' })
  const panel = useRef<HTMLElement>(null)
  const read = useCallback(async () => {
    try {
      const response = await pageClient().request(path)
      const [item, tag] = [await response.json(), response.headers.get('etag') ?? '']
      setAnswer({ state: 'ready', value: { item, tag } })
    } catch (error) {
      setAnswer({ state: 'failed', fault: faultOf(error) })
    }
  }, [path])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was changed is read again
  useEffect(() => void read(), [read, edits])
  useEffect(() => {
    // A page that begins with it stays where it is.
    if (document.activeElement !== document.body) panel.current?.focus()
  }, [])
  return (
    <aside className="panel inspector" aria-label={`Item ${id}`} tabIndex={-1} ref={panel}>
      <div className="panel-row">
        <h2 className="grow">{id}</h2>
        <button className="icon-button" type="button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <Loaded
        answer={answer}
        what="The item"
        again={() => void read()}
        waiting={<Skeleton rows={6} columns={1} />}
      >
        {(version) => <ItemForm {...props} path={path} version={version} again={read} />}
      </Loaded>
    </aside>
  )
}

function ItemForm({
  form,
  id,
  storeKey,
  path,
  version: { item, tag },
  again,
  onItem,
  onDeleted,
}: InspectorProps & { path: string; version: Version; again: () => Promise<void> }): ReactNode {
  const before = Object.fromEntries(form.fields.map(({ name }) => [name, textOf(item[name])]))
  // What was typed stays when another version comes: it is of that one then.
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const texts = { ...before, ...typed }
  const [asksDelete, setAsksDelete] = useState(false)
  const { busy, fault, run, clear } = useAct()
  const changes = changesOf(form.fields, item, texts)
  const isChanged = Object.keys(changes).length > 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isChanged) return
    void run(async () => {
      onItem(await call<Item>('PATCH', path, changes, { 'If-Match': tag }))
      toast(`“${id}” saved`)
      await again()
      setTyped({})
    })
  }
  const undo = () => {
    setTyped({})
    clear()
  }
  const isOlder = fault?.code === 'precondition-failed'
  return (
    <>
      <form className="panel-body" onSubmit={submit} noValidate>
        <TextField
          label="id"
          hint="It is part of the path and does not change."
          value={id}
          readOnly
        />
        <ItemFields
          fields={form.fields}
          texts={texts}
          fault={fault}
          onText={(name, text) => setTyped({ ...typed, [name]: text })}
        />
        {isOlder ? (
          <div className="notice" data-tone="danger" role="alert">
            <Icon name="alert" />
            <div>
              <strong>Not saved: somebody changed it since</strong>
              <p>
                <button className="button" type="button" onClick={() => void again().then(undo)}>
                  Load theirs
                </button>
              </p>
            </div>
          </div>
        ) : (
          <FormFault fault={fault} known={knownFaults(fault, form.fields)} />
        )}
        <div className="row">
          <ActButton type="submit" tone="primary" busy={busy} disabled={!isChanged}>
            Save changes
          </ActButton>
          <button
            className="button button-quiet"
            type="button"
            disabled={!isChanged}
            onClick={undo}
          >
            Undo
          </button>
        </div>
        <details>
          <summary>
            <Icon name="right" size={16} />
            As JSON
          </summary>
          <Code name="As JSON" text={JSON.stringify(item, null, 2)} language="json" />
        </details>
      </form>
      <div className="panel-foot">
        <button
          className="button button-danger"
          data-tone="danger"
          type="button"
          onClick={() => setAsksDelete(true)}
        >
          Delete…
        </button>
      </div>
      {asksDelete && (
        <DeleteItem
          id={id}
          storeKey={storeKey}
          path={path}
          onClose={() => setAsksDelete(false)}
          onDeleted={onDeleted}
        />
      )}
    </>
  )
}

function DeleteItem({
  id,
  storeKey,
  path,
  onClose,
  onDeleted,
}: Pick<InspectorProps, 'id' | 'storeKey' | 'onClose' | 'onDeleted'> & {
  path: string
}): ReactNode {
  const { busy, fault, run } = useAct()
  const act = async () => {
    if (await run(() => call('DELETE', path))) onDeleted()
  }
  return (
    <Dialog
      title={`Delete “${id}”?`}
      act="Delete item"
      out="Keep it"
      danger
      busy={busy}
      fault={fault}
      onAct={act}
      onClose={onClose}
    >
      <p>This goes, at once and for good:</p>
      <ul className="goes" data-tone="danger">
        <li>
          The item <code>{storeKey}</code>
        </li>
      </ul>
      <p className="muted">Other items that name it stay.</p>
    </Dialog>
  )
}
