import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { NAME } from '@/lib/name.ts'
import document from '@/lib/openapi/openapi.json' with { type: 'json' }

/** Every operation, as the published document has it. */
const OPERATIONS = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { summary, description }]) => ({
    name: `${method.toUpperCase()} ${path}`,
    summary,
    who: description.slice(summary.length + 2),
  })),
)

/** What a person sees first: what this is, and every operation. */
export default async function Home(): Promise<ReactNode> {
  // Rendered per request, so that Next's scripts carry the nonce of this answer's policy.
  await connection()
  return (
    <main>
      <h1>{NAME}</h1>
      <p>
        An authenticated, rate-limited API at the edge. It checks the ticket, counts the crowd and
        shows you to your seat.
      </p>
      <h2>Operations</h2>
      <table>
        <thead>
          <tr>
            <th>Operation</th>
            <th>Who</th>
            <th>What it does</th>
          </tr>
        </thead>
        <tbody>
          {OPERATIONS.map(({ name, summary, who }) => (
            <tr key={name}>
              <td>
                <code>{name}</code>
              </td>
              <td>{who}</td>
              <td>{summary}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        Errors are problem documents (RFC 9457); the type of each leads to a page such as{' '}
        <a href="/problems/invalid-token">invalid-token</a>.
      </p>
    </main>
  )
}
