import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needUser, place } from '@/app/parts/viewer.ts'
import { shownCollections } from '@/lib/http/pages/collections-shown.ts'
import { bodySchema } from '@/lib/http/pages/reference.ts'
import { Keys } from './keys.tsx'

export const metadata: Metadata = { title: 'API keys' }

export default async function KeysPage(): Promise<ReactNode> {
  await needUser('/account/keys')
  const { properties = {} } = bodySchema('POST', '/api/keys') ?? {}
  const scopes = (properties['scopes']?.items?.enum ?? []).map(String)
  return (
    <main id="main" tabIndex={-1} className="page">
      <Keys
        origin={place().origin}
        largestLimit={properties['limit']?.maximum}
        collections={shownCollections().map(({ name, title, access }) => ({
          name,
          title,
          access,
          scopes: scopes.filter((scope) => scope.startsWith(`${name}:`)),
        }))}
      />
    </main>
  )
}
