import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { needAdmin } from '@/app/parts/viewer.ts'
import { collectionForm } from '@/lib/http/pages/collection-form.ts'
import { shownCollections } from '@/lib/http/pages/collections-shown.ts'
import { findCollection } from '@/lib/items/registry.ts'
import { Data } from './data.tsx'

interface Props {
  params: Promise<{ collection: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).collection }
}

export default async function DataPage({ params }: Props): Promise<ReactNode> {
  const { collection: name } = await params
  await needAdmin(`/console/data/${encodeURIComponent(name)}`)
  const collection = findCollection(name)
  const shown = shownCollections().find((each) => each.name === name)
  if (collection === undefined || shown === undefined) notFound()
  return (
    <main id="main" tabIndex={-1} className="page page-wide">
      <Data form={collectionForm(name)} who={shown.who} prefix={collection.prefix} />
    </main>
  )
}
