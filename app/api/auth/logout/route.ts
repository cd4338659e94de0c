import { after } from 'next/dist/server/after/index.js'
import { logout } from '@/lib/auth/sessions/logout.ts'
import { sessionDeps } from '@/lib/deps/session.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(logout, sessionDeps, after)
