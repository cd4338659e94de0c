import { after } from 'next/dist/server/after/index.js'
import { createBlock, listBlocks } from '@/lib/auth/operators/blocks.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listBlocks, deps, after)
export const POST = endpoint(createBlock, deps, after)
