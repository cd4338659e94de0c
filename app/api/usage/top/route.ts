import { after } from 'next/dist/server/after/index.js'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { topUsage } from '@/lib/usage/read-usage.ts'

export const runtime = 'edge'
export const GET = endpoint(topUsage, deps, after)
