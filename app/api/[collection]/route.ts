import { after } from 'next/dist/server/after/index.js'
import { collectionDeps } from '@/lib/deps/collection.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { listItems } from '@/lib/items/list.ts'
import { createItem } from '@/lib/items/write.ts'

export const runtime = 'edge'
export const GET = endpoint(listItems, collectionDeps, after)
export const POST = endpoint(createItem, collectionDeps, after)
