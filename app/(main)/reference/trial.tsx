'use client'
import { type ReactNode, useState } from 'react'
import { Code, CodeTabs } from '@/app/parts/code.tsx'
import { ActButton, Field, TextField } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { useLanguage } from '@/app/parts/language.ts'
import { AnswerShown, type As, type Sent, send } from '@/app/parts/send.tsx'
import type { Credential, Parameter } from '@/lib/http/pages/reference.ts'
import { LANGUAGES, sample } from '@/lib/http/pages/samples.ts'
import { useSession } from '@/lib/react.tsx'

interface TrialProps {
  origin: string
  method: string
  path: string
  credential: Credential
  takesKey: boolean
  parameters: readonly Pick<Parameter, 'name' | 'in' | 'required' | 'options'>[]
  /** Examples; undefined for none. */
  body: unknown
  status: number
  answer: unknown
}

type Values = Readonly<Record<string, string>>

/** An example of a call, which becomes what its reader fills in, and can be sent. */
export function Trial(props: TrialProps): ReactNode {
  const { origin, method, path, credential, body, status, answer } = props
  const [language, choose] = useLanguage()
  const [isOpen, setOpen] = useState(false)
  const [values, setValues] = useState<Values>({})
  const [text, setText] = useState(() => (body === undefined ? '' : JSON.stringify(body, null, 2)))
  const [sent, setSent] = useState<Sent>()
  const call = {
    method,
    url: `${origin}${pathOf(props, values)}`,
    credential,
    ...(body === undefined ? {} : { body: parsed(text) }),
    answers: answer !== undefined,
  }
  return (
    <>
      <CodeTabs
        name={`Request of ${method} ${path}`}
        languages={LANGUAGES}
        chosen={language}
        onChoose={choose}
        textOf={(each) => sample(each, call)}
      />
      {isOpen ? (
        <TrialForm
          {...props}
          values={values}
          onValues={setValues}
          text={text}
          onText={setText}
          onSent={setSent}
        />
      ) : (
        <button className="button" type="button" onClick={() => setOpen(true)}>
          <Icon name="send" />
          Try it
          <span className="hidden-text">
            {' '}
            {method} {path}
          </span>
        </button>
      )}
      {sent !== undefined ? (
        <AnswerShown sent={sent} />
      ) : (
        answer !== undefined && (
          <Code
            name={`${status}, an example`}
            label={`Example answer of ${method} ${path}`}
            text={exampleText(answer)}
            language="json"
          />
        )
      )}
    </>
  )
}

function TrialForm({
  method,
  path,
  credential,
  takesKey,
  parameters,
  body,
  values,
  onValues,
  text,
  onText,
  onSent,
  ...rest
}: TrialProps & {
  values: Values
  onValues: (values: Values) => void
  text: string
  onText: (text: string) => void
  onSent: (sent: Sent) => void
}): ReactNode {
  const { data, update } = useSession()
  const [as, setAs] = useState<'session' | 'nobody' | 'key'>(data === null ? 'nobody' : 'session')
  const [key, setKey] = useState('')
  const [busy, setBusy] = useState(false)
  const props = { ...rest, method, path, credential, takesKey, parameters, body }
  const submit = async () => {
    setBusy(true)
    const who: As = as === 'key' ? { key } : as
    const headers = Object.fromEntries(
      parameters.flatMap(({ name, in: place }) =>
        place === 'header' && values[name] ? [[name, values[name]]] : [],
      ),
    )
    const request = { method, path: pathOf(props, values), as: who, headers }
    onSent(await send(text === '' ? request : { ...request, body: text }))
    setBusy(false)
    // Signing in or out from here changes who this page is of.
    if (as === 'session' && path.startsWith('/api/auth/')) void update().catch(() => undefined)
  }
  return (
    <form
      className="panel"
      aria-label={`Try it: ${method} ${path}`}
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy) void submit()
      }}
    >
      <div className="panel-body">
        {credential !== 'none' && (
          <Field label="As">
            {(ties) => (
              <select
                className="input"
                {...ties}
                value={as}
                onChange={(event) => setAs(event.target.value as typeof as)}
              >
                {data !== null && <option value="session">{data.user}, this session</option>}
                {takesKey && <option value="key">An API key…</option>}
                <option value="nobody">Nobody</option>
              </select>
            )}
          </Field>
        )}
        {as === 'key' && (
          <TextField
            label="API key"
            autoComplete="off"
            spellCheck={false}
            required
            value={key}
            onChange={(event) => setKey(event.target.value.trim())}
          />
        )}
        <div className="grid trial-fields">
          {parameters.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              value={values[parameter.name] ?? ''}
              onValue={(value) => onValues({ ...values, [parameter.name]: value })}
            />
          ))}
        </div>
        {body !== undefined && (
          <Field
            label="Body"
            error={parsed(text) === undefined ? 'This is no JSON yet.' : undefined}
          >
            {(ties) => (
              <textarea
                className="input mono"
                rows={Math.min(12, text.split('\n').length + 1)}
                spellCheck={false}
                {...ties}
                value={text}
                onChange={(event) => onText(event.target.value)}
              />
            )}
          </Field>
        )}
      </div>
      <div className="panel-foot">
        <p className="muted grow">It is done for real, and counts as one request.</p>
        <ActButton type="submit" tone="primary" busy={busy}>
          <Icon name="send" />
          Send
        </ActButton>
      </div>
    </form>
  )
}

function ParameterField({
  parameter: { name, required, options },
  value,
  onValue,
}: {
  parameter: TrialProps['parameters'][number]
  value: string
  onValue: (value: string) => void
}): ReactNode {
  if (options.length > 0) {
    return (
      <Field label={name}>
        {(ties) => (
          <select
            className="input"
            {...ties}
            value={value}
            onChange={(event) => onValue(event.target.value)}
          >
            <option value="">(absent)</option>
            {options.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        )}
      </Field>
    )
  }
  return (
    <TextField
      label={name}
      required={required}
      autoComplete="off"
      value={value}
      onChange={(event) => onValue(event.target.value)}
    />
  )
}

/** The path with what was filled in; `ID` stands where something is still missing. */
function pathOf({ path, parameters }: TrialProps, values: Values): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    values[name] ? encodeURIComponent(values[name]) : name.toUpperCase(),
  )
  const query = new URLSearchParams(
    parameters.flatMap(({ name, in: place }) =>
      place === 'query' && values[name] ? [[name, values[name]]] : [],
    ),
  ).toString()
  return query === '' ? filled : `${filled}?${query}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function exampleText(answer: unknown): string {
  return typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2)
}
