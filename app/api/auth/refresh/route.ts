import { after } from 'next/dist/server/after/index.js'
import { refresh } from '@/lib/auth/sessions/refresh.ts'
import { sessionDeps } from '@/lib/deps/session.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(refresh, sessionDeps, after)
