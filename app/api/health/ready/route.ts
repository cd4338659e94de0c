import { after } from 'next/dist/server/after/index.js'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { readyCase } from '@/lib/http/health.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.ready, readyCase, deps, after)
