import { after } from 'next/dist/server/after/index.js'
import { endSessions, listSessions } from '@/lib/auth/sessions/sessions.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listSessions, deps, after)
export const DELETE = endpoint(endSessions, deps, after)
