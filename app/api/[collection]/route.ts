import { after } from 'next/dist/server/after/index.js'
import { listItemsCase } from '@/lib/collections/read.ts'
import { createItemCase } from '@/lib/collections/write.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listItems, listItemsCase, deps, after)
export const POST = endpoint(contract.createItem, createItemCase, deps, after)
