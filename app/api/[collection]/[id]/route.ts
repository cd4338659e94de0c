import { after } from 'next/dist/server/after/index.js'
import { collectionDeps } from '@/lib/deps/collection.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { getItem } from '@/lib/items/get.ts'
import { deleteItem, patchItem, replaceItem } from '@/lib/items/write.ts'

export const runtime = 'edge'
export const GET = endpoint(getItem, collectionDeps, after)
export const PUT = endpoint(replaceItem, collectionDeps, after)
export const PATCH = endpoint(patchItem, collectionDeps, after)
export const DELETE = endpoint(deleteItem, collectionDeps, after)
