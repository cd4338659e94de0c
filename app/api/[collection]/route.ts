import { after } from 'next/dist/server/after/index.js'
import { collectionDeps } from '@/lib/collection-deps.ts'
import { listItemsCase } from '@/lib/collections/list.ts'
import { createItemCase } from '@/lib/collections/write.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listItems, listItemsCase, collectionDeps, after)
export const POST = endpoint(contract.createItem, createItemCase, collectionDeps, after)
