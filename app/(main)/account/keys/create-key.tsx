'use client'
import { type ReactNode, useState } from 'react'
import type { NewApiKey } from '@/app/parts/answers.ts'
import { call, useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { Field, TextField } from '@/app/parts/fields.tsx'
import { freshBody, useFresh } from '@/app/parts/fresh.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { type Access, LEVELS } from '@/lib/contract/access.ts'
import { useSession } from '@/lib/react.tsx'

/** A collection, and the scopes that open it. */
export interface KeyCollection {
  name: string
  title: string
  access: { list: Access; create: Access | 'owner' }
  scopes: readonly string[]
}

const DAY_SECONDS = 86_400
const ENDS = [
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
  ['', 'Never'],
] as const
const KNOWN = ['name', 'limit', 'scopes', 'current']

export function CreateKey({
  collections,
  largestLimit,
  onClose,
  onMade,
}: {
  collections: readonly KeyCollection[]
  largestLimit: number | undefined
  onClose: () => void
  onMade: (key: NewApiKey) => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const fresh = useFresh(fault)
  const [missing, setMissing] = useState(false)
  const scopeError = missing
    ? 'Choose one at least.'
    : Object.entries(fault?.fields ?? {}).find(([name]) => name.startsWith('scopes'))?.[1]

  const act = async (fields: FormData) => {
    const scopes = fields.getAll('scopes').map(String)
    setMissing(scopes.length === 0)
    if (scopes.length === 0) return
    const [days, limit] = [String(fields.get('days')), String(fields.get('limit')).trim()]
    const body = {
      name: String(fields.get('name')).trim(),
      scopes,
      ...(days === '' ? {} : { expiresIn: Number(days) * DAY_SECONDS }),
      // What is no number is the API's to refuse, with its own words.
      ...(limit === '' ? {} : { limit: Number(limit) || limit }),
      ...freshBody(fields),
    }
    await run(async () => onMade(await call<NewApiKey>('POST', '/api/keys', body)))
  }

  return (
    <Dialog
      title="Create API key"
      act="Create API key"
      busy={busy}
      fault={fresh.fault}
      known={[...KNOWN, ...Object.keys(fault?.fields ?? {}).filter((name) => /^scopes/.test(name))]}
      onAct={act}
      onClose={onClose}
    >
      <TextField
        label="Name"
        hint="Where it is used, so that you know later what stops when you end it."
        name="name"
        maxLength={100}
        required
        autoComplete="off"
        autoFocus
        error={fault?.fields['name']}
      />
      <Scopes collections={collections} error={scopeError} />
      <div className="grid">
        <Field label="Ends">
          {(ties) => (
            <select className="input" name="days" defaultValue="90" {...ties}>
              {ENDS.map(([days, words]) => (
                <option key={days} value={days}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField
          label="Requests a minute"
          name="limit"
          inputMode="numeric"
          placeholder={
            largestLimit === undefined
              ? 'as your account'
              : `as your account, ${largestLimit} at most`
          }
          autoComplete="off"
          error={fault?.fields['limit']}
        />
      </div>
      {fresh.field}
    </Dialog>
  )
}

/** What the key may do: read and write for each collection, and one by one for who wants that. */
function Scopes({
  collections,
  error,
}: {
  collections: readonly KeyCollection[]
  error: string | undefined
}): ReactNode {
  const { data } = useSession()
  const level = data?.level ?? 0
  return (
    <fieldset aria-describedby={error === undefined ? undefined : 'scopes-error'}>
      <legend className="label">What it may do</legend>
      <table className="table">
        <caption className="hidden-text">Scopes</caption>
        <thead className="hidden-text">
          <tr>
            <th scope="col">Collection</th>
            <th scope="col">Read</th>
            <th scope="col">Write</th>
          </tr>
        </thead>
        <tbody>
          {collections.map(({ name, title, access }) => (
            <tr key={name}>
              <th scope="row">{title}</th>
              <td>
                <Reach access={access.list} level={level}>
                  <Scope scope={`${name}:read`} word="Read" of={title} />
                </Reach>
              </td>
              <td>
                <Reach access={access.create} level={level}>
                  <Scope scope={`${name}:write`} word="Write" of={title} />
                </Reach>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <details>
        <summary>
          <Icon name="right" size={16} />
          One by one
        </summary>
        {collections.map(({ name, title, scopes }) => (
          <div key={name} className="row">
            <span className="label scope-name">{title}</span>
            {scopes
              .filter((scope) => !/:(read|write)$/.test(scope))
              .map((scope) => (
                <Scope key={scope} scope={scope} word={scope.split(':')[1] ?? ''} of={title} />
              ))}
          </div>
        ))}
      </details>
      {error !== undefined && (
        <span className="field-error" id="scopes-error" role="alert">
          <Icon name="alert" size={16} />
          {error}
        </span>
      )}
    </fieldset>
  )
}

function Scope({ scope, word, of }: { scope: string; word: string; of: string }): ReactNode {
  return (
    <label className="check">
      <input type="checkbox" name="scopes" value={scope} />
      <span>
        {word}
        <span className="hidden-text"> {of}</span>
      </span>
    </label>
  )
}

/** A key reaches no further than its owner. */
function Reach({
  access,
  level,
  children,
}: {
  access: Access | 'owner'
  level: number
  children: ReactNode
}): ReactNode {
  const needed = access === 'public' || access === 'owner' ? 0 : LEVELS[access]
  if (level >= needed) return children
  return <span className="muted">needs an {access}</span>
}
