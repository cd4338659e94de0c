import { after } from 'next/dist/server/after/index.js'
import { deleteBlockCase } from '@/lib/auth/blocks.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(contract.deleteBlock, deleteBlockCase, deps, after)
