import { after } from 'next/dist/server/after/index.js'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { readMetrics } from '@/lib/http/metrics-text.ts'

export const runtime = 'edge'
export const GET = endpoint(readMetrics, deps, after)
