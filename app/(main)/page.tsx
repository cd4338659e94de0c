import Link from 'next/link'
import type { ReactNode } from 'react'
import { Icon } from '@/app/parts/icons.tsx'
import { place, viewer } from '@/app/parts/viewer.ts'
import {
  listed,
  type ShownCollection,
  shownCollections,
} from '@/lib/http/pages/collections-shown.ts'
import { offers } from '@/lib/http/pages/reference.ts'
import type { SampleCall } from '@/lib/http/pages/samples.ts'
import { FirstCall } from './first-call.tsx'
import { Quotas } from './quotas.tsx'

/** What this API offers, a first call to copy, and the way to a key. */
export default async function Start(): Promise<ReactNode> {
  const { name, origin } = place()
  const collections = shownCollections()
  const open = collections.find(({ access }) => access.list === 'public')
  const isSignedIn = (await viewer()) !== undefined
  return (
    <main id="main" tabIndex={-1} className="page home">
      <section className="hero" aria-labelledby="hero">
        <div>
          <h1 id="hero">{heroTitle(name, collections)}</h1>
          <p className="lead">
            The API answers in JSON, from the place nearest to you.{' '}
            {open === undefined
              ? 'An account and an API key open it.'
              : `${open.title} are open to everybody: this call works now, without an account.`}
          </p>
          <div className="row">
            <Link
              className="button button-primary"
              href={isSignedIn ? '/account/keys' : '/register'}
              prefetch={false}
            >
              <Icon name="key" />
              Get an API key
            </Link>
            <Link className="button" href="/reference" prefetch={false}>
              Read the reference
            </Link>
          </div>
        </div>
        <FirstCall call={firstCall(origin, open ?? collections[0])} />
      </section>
      {collections.length > 0 && <Collections collections={collections} />}
      <Steps />
      <Quotas />
      <Tools />
    </main>
  )
}

function heroTitle(name: string, collections: readonly ShownCollection[]): string {
  if (collections.length === 0) return `The API of ${name}`
  return `${name}: ${listed(collections.map((collection) => collection.name))}, one call away.`
}

/** One that works now, if anything is open to everybody. */
function firstCall(origin: string, collection: ShownCollection | undefined): SampleCall {
  const method = 'GET'
  if (collection === undefined) {
    return { method, url: `${origin}/api/health`, credential: 'none', answers: true }
  }
  const credential = collection.access.list === 'public' ? 'none' : 'key'
  return { method, url: `${origin}/api/${collection.name}?limit=1`, credential, answers: true }
}

function Collections({ collections }: { collections: readonly ShownCollection[] }): ReactNode {
  return (
    <section className="section" aria-labelledby="collections">
      <h2 id="collections">What is in it</h2>
      <div className="grid">
        {collections.map(({ name, title, about, who }) => (
          <article key={name} className="panel">
            <div className="panel-body tight">
              <h3>{title}</h3>
              <p>{about}</p>
              <p className="hint">{who}</p>
              <Link className="row-link" href={`/reference#${name}`} prefetch={false}>
                {title} in the reference
              </Link>
            </div>
          </article>
        ))}
      </div>
    </section>
  )
}

function Steps(): ReactNode {
  const steps = [
    {
      title: 'Create an account',
      words: 'With an address and a password; a mail confirms it.',
      link: ['/register', 'Create account'],
    },
    {
      title: 'Create an API key',
      words: 'Choose what it may do. It is shown once.',
      link: ['/account/keys', 'API keys'],
    },
    {
      title: 'Send it with each call',
      words: 'In the header X-API-Key, never in the address.',
      link: ['/reference#credentials', 'Credentials'],
    },
  ]
  return (
    <section className="section" aria-labelledby="steps">
      <h2 id="steps">Three steps to all of it</h2>
      <ol className="steps grid">
        {steps.map(({ title, words, link: [to = '', word] }, index) => (
          <li key={title}>
            <span className="muted">{index + 1}</span>
            <h3>{title}</h3>
            <p>
              {words}{' '}
              <Link href={to} prefetch={false}>
                {word}
              </Link>
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** What programs read; those that this API has. */
function Tools(): ReactNode {
  const tools = [
    ['GET', '/api/openapi.json', 'OpenAPI 3.1', 'Generate a typed client from it.'],
    ['POST', '/api/graphql', 'GraphQL', 'The same data, with what belongs together in one call.'],
    ['POST', '/api/mcp', 'Model Context Protocol', 'Tools for agents, with your API key.'],
    ['GET', '/llms.txt', 'llms.txt', 'What an agent should know, in one text.'],
  ] as const
  return (
    <section className="section" aria-labelledby="tools">
      <h2 id="tools">For your tools</h2>
      <div className="panel">
        {tools
          .filter(([method, path]) => path === '/llms.txt' || offers(method, path))
          .map(([method, path, title, words]) => (
            <div key={path} className="panel-row">
              <div className="grow">
                <h3>{title}</h3>
                <p className="muted">{words}</p>
              </div>
              {method === 'GET' ? (
                <a className="row-link mono" href={path}>
                  {path}
                </a>
              ) : (
                <code>{path}</code>
              )}
            </div>
          ))}
      </div>
    </section>
  )
}
