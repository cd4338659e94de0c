import { after } from 'next/dist/server/after/index.js'
import { refreshCase } from '@/lib/auth/refresh.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.refresh, refreshCase, deps, after)
