import { after } from 'next/dist/server/after/index.js'
import { contract } from '@/lib/contract/operations.ts'
import { collectionDeps } from '@/lib/deps/collection.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { listItemsCase } from '@/lib/items/list.ts'
import { createItemCase } from '@/lib/items/write.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listItems, listItemsCase, collectionDeps, after)
export const POST = endpoint(contract.createItem, createItemCase, collectionDeps, after)
