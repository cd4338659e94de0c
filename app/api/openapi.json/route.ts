import { after } from 'next/dist/server/after/index.js'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { openapi } from '@/lib/http/openapi.ts'

export const runtime = 'edge'
export const GET = endpoint(openapi, deps, after)
