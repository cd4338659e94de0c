import { after } from 'next/dist/server/after/index.js'
import { collectionDeps } from '@/lib/deps/collection.ts'
import { byPath } from '@/lib/http/by-path.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { batchItems } from '@/lib/items/batch.ts'
import { listItems } from '@/lib/items/list.ts'
import { createItem } from '@/lib/items/write.ts'

export const runtime = 'edge'
export const GET = byPath({ listItems: endpoint(listItems, collectionDeps, after) })
export const POST = byPath({
  createItem: endpoint(createItem, collectionDeps, after),
  // For Next `stars` and `stars:batch` are one segment.
  batchItems: endpoint(batchItems, collectionDeps, after),
})
