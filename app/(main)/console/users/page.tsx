import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needAdmin, planTable } from '@/app/parts/viewer.ts'
import { bodySchema, offers } from '@/lib/http/pages/reference.ts'
import { Users } from './users.tsx'

export const metadata: Metadata = { title: 'Users' }

export default async function UsersPage(): Promise<ReactNode> {
  await needAdmin('/console/users')
  const { properties = {} } = bodySchema('PATCH', '/api/users/{id}') ?? {}
  return (
    <main id="main" tabIndex={-1} className="page page-wide">
      <Users
        can={{
          plan: properties['plan'] !== undefined,
          totp: properties['totp'] !== undefined,
          usage: offers('GET', '/api/users/{id}/usage'),
        }}
        plans={planTable().names}
      />
    </main>
  )
}
