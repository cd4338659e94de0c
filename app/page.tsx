import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { contract, type OperationId } from '@/lib/contract/operations.ts'
import { SUMMARIES } from '@/lib/contract/texts.ts'
import { NAME } from '@/lib/name.ts'

/** What a person sees first: what this is, and every operation of the contract. */
export default async function Home(): Promise<ReactNode> {
  // Rendered per request, so that Next's scripts carry the nonce of this answer's policy.
  await connection()
  const operations = Object.keys(contract) as OperationId[]
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
          {operations.map((id) => {
            const { method, path, access } = contract[id]
            return (
              <tr key={id}>
                <td>
                  <code>
                    {method} {path}
                  </code>
                </td>
                <td>{access === 'collection' ? 'per collection' : access}</td>
                <td>{SUMMARIES[id]}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <p>
        Errors are problem documents (RFC 9457); the type of each leads to a page such as{' '}
        <a href="/problems/invalid-token">invalid-token</a>.
      </p>
    </main>
  )
}
