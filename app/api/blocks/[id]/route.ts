import { after } from 'next/dist/server/after/index.js'
import { deleteBlock } from '@/lib/auth/operators/blocks.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(deleteBlock, deps, after)
