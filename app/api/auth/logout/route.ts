import { after } from 'next/dist/server/after/index.js'
import { logoutCase } from '@/lib/auth/logout.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { sessionDeps } from '@/lib/session-deps.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.logout, logoutCase, sessionDeps, after)
