import { after } from 'next/dist/server/after/index.js'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { ready } from '@/lib/http/health.ts'

export const runtime = 'edge'
export const GET = endpoint(ready, deps, after)
