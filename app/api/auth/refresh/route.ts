import { after } from 'next/dist/server/after/index.js'
import { refreshCase } from '@/lib/auth/sessions/refresh.ts'
import { contract } from '@/lib/contract/operations.ts'
import { sessionDeps } from '@/lib/deps/session.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.refresh, refreshCase, sessionDeps, after)
