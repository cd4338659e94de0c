import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { Code } from '@/app/parts/code.tsx'
import { PROBLEMS, type ProblemCode } from '@/lib/contract/problems.ts'
import { Handling } from '../handling.tsx'
import { ProblemNav, ProblemNavButton } from '../problem-nav.tsx'

interface Props {
  params: Promise<{ slug: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const code = codeOf((await params).slug)
  return code === undefined ? {} : { title: `${PROBLEMS[code].status} ${PROBLEMS[code].title}` }
}

/** The page that a problem's `type` points to, from the row of the catalogue. */
export default async function Problem({ params }: Props): Promise<ReactNode> {
  const code = codeOf((await params).slug)
  if (code === undefined) notFound()
  const { status, title, remedy } = PROBLEMS[code]
  return (
    <div className="shell">
      <ProblemNav here={code} />
      <main id="main" tabIndex={-1} className="page page-narrow">
        <ProblemNavButton />
        <header className="section">
          <p className="row">
            <span className="badge" data-tone={status >= 500 ? 'danger' : 'warn'}>
              {status}
            </span>
            <code>{code}</code>
          </p>
          <h1>{title}</h1>
        </header>
        <div className="prose">
          <h2>What to do</h2>
          <p>{remedy}</p>
          {code === 'quota-exceeded' && <QuotaWords />}
          <h2>What it looks like</h2>
        </div>
        <Code name="Answer" text={exampleOf(code)} language="http" />
        <Handling status={status} />
        <p className="muted">
          Still stuck? Write to whoever runs this API, and quote the <code>requestId</code>. Back to
          the{' '}
          <Link href="/reference" prefetch={false}>
            reference
          </Link>
          .
        </p>
      </main>
    </div>
  )
}

/** Which quota it may be, and where one sees it. */
function QuotaWords(): ReactNode {
  return (
    <>
      <p>
        A quota is used up: that of the minute, that of this API key, or that of the month. Nothing
        was read or changed.
      </p>
      <ol>
        <li>
          Read <code>RateLimit</code> in each answer: <code>r</code> is what is left, <code>t</code>{' '}
          the seconds until it is full again. Slow down before it is 0.
        </li>
        <li>
          Is it the month?{' '}
          <Link href="/account/usage" prefetch={false}>
            Usage
          </Link>{' '}
          shows what uses it up, and{' '}
          <Link href="/#quotas" prefetch={false}>
            Plans and quotas
          </Link>{' '}
          what other plans have.
        </li>
      </ol>
    </>
  )
}

function codeOf(slug: string): ProblemCode | undefined {
  return Object.hasOwn(PROBLEMS, slug) ? (slug as ProblemCode) : undefined
}

/** An answer with this problem, as it comes over the wire. */
function exampleOf(code: ProblemCode): string {
  const row = PROBLEMS[code]
  const { status, title } = row
  const requestId = 'b9a37f47-aa0f-4236-9839-25cf68e76265'
  const body = { type: `/problems/${code}`, title, status, instance: '/api/profile', requestId }
  const errors = [{ pointer: '#/name', message: 'has 100 characters at most' }]
  const shown = code === 'validation-error' ? { ...body, errors } : body
  const more = [
    ...('challenge' in row ? [`WWW-Authenticate: ${row.challenge}`] : []),
    ...(status === 405 ? ['Allow: GET, HEAD, OPTIONS'] : []),
    ...(status === 429
      ? ['Retry-After: 17', 'RateLimit: "user";r=0;t=17, "month";r=39742;t=388800']
      : []),
    ...(status === 503 ? ['Retry-After: 1'] : []),
  ]
  return [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/problem+json',
    ...more,
    `X-Request-Id: ${requestId}`,
    '',
    JSON.stringify(shown, null, 2),
  ].join('\n')
}
