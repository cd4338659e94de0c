import type { Metadata } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Icon } from '@/app/parts/icons.tsx'
import { place } from '@/app/parts/viewer.ts'
import { PROBLEMS } from '@/lib/contract/problems.ts'
import { shownCollections, titleOf } from '@/lib/http/pages/collections-shown.ts'
import { COMMON_PROBLEMS, type OperationGroup, reference } from '@/lib/http/pages/reference.ts'
import { Operation } from './operation.tsx'
import { ReferenceNav } from './reference-nav.tsx'

export const metadata: Metadata = { title: 'Reference' }

/** Every operation, as the published document has it. */
export default function Reference(): ReactNode {
  const { origin } = place()
  const collections = shownCollections()
  const groups = reference(collections.map(({ name }) => name)).map((group) => ({
    ...group,
    // Older paths do the same once more: they come last.
    operations: group.operations.toSorted((a, b) => Number(a.deprecated) - Number(b.deprecated)),
    description: collections.find(({ name }) => name === group.name)?.about ?? group.description,
  }))
  return (
    <div className="shell">
      <ReferenceNav
        groups={groups.map(({ name, operations }) => ({
          name,
          title: groupTitle(name),
          operations: operations.map(({ id, method, path, title, deprecated }) => ({
            id,
            method,
            path,
            title: deprecated ? `${title}, older` : title,
          })),
        }))}
      />
      <main id="main" tabIndex={-1} className="page page-wide reference">
        <p className="drawer-button">
          <button className="button" popoverTarget="contents" type="button">
            <Icon name="list" />
            All operations
          </button>
        </p>
        <Introduction origin={origin} />
        {groups.map((group) => (
          <Group key={group.name} group={group} origin={origin} />
        ))}
        <Problems />
      </main>
    </div>
  )
}

const TITLES: Readonly<Record<string, string>> = {
  auth: 'Accounts and sessions',
  keys: 'API keys',
  admin: 'For admins',
  service: 'The service',
}

function groupTitle(name: string): string {
  return TITLES[name] ?? titleOf(name)
}

function Introduction({ origin }: { origin: string }): ReactNode {
  return (
    <header className="section prose">
      <h1>Reference</h1>
      <p>
        Every path begins with <code>{origin}</code>. Bodies are JSON in and out. The same as an
        OpenAPI 3.1 document, for your tools: <a href="/api/openapi.json">/api/openapi.json</a>.
      </p>
      <h2 id="credentials">Credentials</h2>
      <p>
        A request carries one: an API key in <code>X-API-Key</code>, which opens the collections of
        its scopes; or an access token in <code>Authorization: Bearer</code>, which{' '}
        <a href="#signIn">signing in</a> gives. Neither belongs into an address. Keys are made{' '}
        <Link href="/account/keys" prefetch={false}>
          in your account
        </Link>
        .
      </p>
      <h2 id="quotas">Quotas</h2>
      <p>
        <code>RateLimit</code> of an answer says what is left: <code>r</code> requests for{' '}
        <code>t</code> seconds. Beyond that an answer is <code>429</code>, and{' '}
        <code>Retry-After</code> says how long to wait.
      </p>
    </header>
  )
}

function Group({ group, origin }: { group: OperationGroup; origin: string }): ReactNode {
  const { name, description, operations } = group
  return (
    <section className="section" aria-labelledby={name}>
      <header className="group-head">
        <h2 id={name}>{groupTitle(name)}</h2>
        <p className="muted">{description}</p>
      </header>
      {operations.map((operation) => (
        <Operation key={operation.id} operation={operation} origin={origin} />
      ))}
    </section>
  )
}

function Problems(): ReactNode {
  return (
    <section className="section" aria-labelledby="problems">
      <header className="group-head">
        <h2 id="problems">Problems</h2>
        <p className="muted">
          Whatever is 400 and up is a problem document (RFC 9457); its <code>type</code> leads to
          one of these pages. Every operation can end with{' '}
          {COMMON_PROBLEMS.map((slug) => (
            <span key={slug}>
              <code>{slug}</code>{' '}
            </span>
          ))}
        </p>
      </header>
      <div className="panel">
        <table className="table">
          <caption className="hidden-text">Every problem</caption>
          <thead>
            <tr>
              <th scope="col">Status</th>
              <th scope="col">Problem</th>
              <th scope="col" className="wide-only">
                What it says
              </th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(PROBLEMS).map(([slug, { status, title }]) => (
              <tr key={slug}>
                <td className="mono">{status}</td>
                <th scope="row">
                  <Link className="row-link" href={`/problems/${slug}`} prefetch={false}>
                    {slug}
                  </Link>
                </th>
                <td className="wide-only">{title}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
