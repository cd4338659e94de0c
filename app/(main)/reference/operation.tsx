import Link from 'next/link'
import type { ReactNode } from 'react'
import { Icon } from '@/app/parts/icons.tsx'
import { Method } from '@/app/parts/method.tsx'
import { PROBLEMS } from '@/lib/contract/problems.ts'
import type { Parameter, ShownOperation } from '@/lib/http/pages/reference.ts'
import type { Member } from '@/lib/http/pages/schema-words.ts'
import { Trial } from './trial.tsx'

/** One operation: what it takes and answers on the left, a call on the right. */
export function Operation({
  operation,
  origin,
}: {
  operation: ShownOperation
  origin: string
}): ReactNode {
  const { id, method, path, title, about, who, scope, deprecated, parameters, body, answer } =
    operation
  const places = [
    ['path', 'In the path'],
    ['query', 'Query parameters'],
    ['header', 'Header fields'],
  ] as const
  return (
    <article className="operation" aria-labelledby={id}>
      <div className="section">
        <header className="section tight">
          <p className="endpoint">
            <Method method={method} />
            <span>{path}</span>
          </p>
          <h3 id={id}>{title}</h3>
          {about !== '' && (
            <p>
              <Prose text={about} />
            </p>
          )}
          <p className="row">
            <span className="badge">
              <Icon name="user" size={16} />
              {who}
            </span>
            {scope !== undefined && <span className="chip">{scope}</span>}
            {deprecated && (
              <span className="badge" data-tone="warn">
                An older path
              </span>
            )}
          </p>
        </header>
        {places.map(([place, words]) => (
          <Members
            key={place}
            title={words}
            members={parameters.filter((parameter) => parameter.in === place)}
          />
        ))}
        {body !== undefined && <Members title="Body" members={body.members} />}
        <Members title="Answer" members={answer.members} fold />
        <ProblemLinks slugs={operation.problems} />
      </div>
      <div className="code-column">
        <Trial
          origin={origin}
          method={method}
          path={path}
          credential={operation.credential}
          takesKey={scope !== undefined}
          parameters={parameters.map(({ name, in: place, required, options }) => ({
            name,
            in: place,
            required,
            options,
          }))}
          body={body?.example}
          status={answer.status}
          answer={answer.example}
        />
      </div>
    </article>
  )
}

/** @param fold Whether it is shown on request: answers are long, and the example says most. */
function Members({
  title,
  members,
  fold = false,
}: {
  title: string
  members: readonly (Member | Parameter)[]
  fold?: boolean
}): ReactNode {
  if (members.length === 0) return null
  const list = (
    <dl className="params">
      {members.map((member) => (
        <div key={member.name}>
          <dt>
            <code>{member.name}</code> <span className="hint">{member.type}</span>
            {member.required && (
              <span className="badge" data-tone={fold ? undefined : 'warn'}>
                {fold ? 'always' : 'required'}
              </span>
            )}
          </dt>
          <dd>
            <Prose text={member.description} />
            {'also' in member && member.also.length > 0 && (
              <>
                {' '}
                Also <code>{member.also.join(' ')}</code>
              </>
            )}
            {'options' in member && member.options.length > 1 && (
              <>
                {' '}
                One of{' '}
                {member.options.map((option) => (
                  <span key={option}>
                    <code>{option}</code>{' '}
                  </span>
                ))}
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
  if (fold) {
    return (
      <details>
        <summary>
          <Icon name="right" size={16} />
          {title}
        </summary>
        {list}
      </details>
    )
  }
  return (
    <div className="section tight">
      <h4>{title}</h4>
      {list}
    </div>
  )
}

/** What stands between backquotes is code. */
function Prose({ text }: { text: string }): ReactNode {
  const parts = text.split(/(`[^`]*`)/)
  return parts.map((part) =>
    part.startsWith('`') ? <code key={part}>{part.slice(1, -1)}</code> : part,
  )
}

function ProblemLinks({ slugs }: { slugs: readonly string[] }): ReactNode {
  const known = Object.entries(PROBLEMS).filter(([slug]) => slugs.includes(slug))
  if (known.length === 0) return null
  return (
    <details>
      <summary>
        <Icon name="right" size={16} />
        Problems
      </summary>
      <ul className="row">
        {known.map(([slug, { status }]) => (
          <li key={slug}>
            <Link className="row-link" href={`/problems/${slug}`} prefetch={false}>
              {status} {slug}
            </Link>
          </li>
        ))}
      </ul>
    </details>
  )
}
