import { after } from 'next/dist/server/after/index.js'
import { deleteBlockCase } from '@/lib/auth/operators/blocks.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(contract.deleteBlock, deleteBlockCase, deps, after)
