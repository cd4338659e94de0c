import { after } from 'next/dist/server/after/index.js'
import { listEvents } from '@/lib/auth/operators/events.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listEvents, deps, after)
