import { after } from 'next/dist/server/after/index.js'
import { createBlockCase, listBlocksCase } from '@/lib/auth/operators/blocks.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listBlocks, listBlocksCase, deps, after)
export const POST = endpoint(contract.createBlock, createBlockCase, deps, after)
