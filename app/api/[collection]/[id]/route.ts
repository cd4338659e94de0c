import { after } from 'next/dist/server/after/index.js'
import { contract } from '@/lib/contract/operations.ts'
import { collectionDeps } from '@/lib/deps/collection.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { getItemCase } from '@/lib/items/get.ts'
import { deleteItemCase, patchItemCase, replaceItemCase } from '@/lib/items/write.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.getItem, getItemCase, collectionDeps, after)
export const PUT = endpoint(contract.replaceItem, replaceItemCase, collectionDeps, after)
export const PATCH = endpoint(contract.patchItem, patchItemCase, collectionDeps, after)
export const DELETE = endpoint(contract.deleteItem, deleteItemCase, collectionDeps, after)
