import { after } from 'next/dist/server/after/index.js'
import { getItemCase } from '@/lib/collections/read.ts'
import { deleteItemCase, patchItemCase, replaceItemCase } from '@/lib/collections/write.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.getItem, getItemCase, deps, after)
export const PUT = endpoint(contract.replaceItem, replaceItemCase, deps, after)
export const PATCH = endpoint(contract.patchItem, patchItemCase, deps, after)
export const DELETE = endpoint(contract.deleteItem, deleteItemCase, deps, after)
