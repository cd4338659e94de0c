import { after } from 'next/dist/server/after/index.js'
import { endSession } from '@/lib/auth/sessions/sessions.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(endSession, deps, after)
