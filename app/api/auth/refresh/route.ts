import { after } from 'next/dist/server/after/index.js'
import { refreshCase } from '@/lib/auth/refresh.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { sessionDeps } from '@/lib/session-deps.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.refresh, refreshCase, sessionDeps, after)
