import { after } from 'next/dist/server/after/index.js'
import { endSessionsCase, listSessionsCase } from '@/lib/auth/sessions/sessions.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listSessions, listSessionsCase, deps, after)
export const DELETE = endpoint(contract.endSessions, endSessionsCase, deps, after)
