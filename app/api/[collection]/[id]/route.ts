import { after } from 'next/dist/server/after/index.js'
import { collectionDeps } from '@/lib/collection-deps.ts'
import { getItemCase } from '@/lib/collections/get.ts'
import { deleteItemCase, patchItemCase, replaceItemCase } from '@/lib/collections/write.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.getItem, getItemCase, collectionDeps, after)
export const PUT = endpoint(contract.replaceItem, replaceItemCase, collectionDeps, after)
export const PATCH = endpoint(contract.patchItem, patchItemCase, collectionDeps, after)
export const DELETE = endpoint(contract.deleteItem, deleteItemCase, collectionDeps, after)
