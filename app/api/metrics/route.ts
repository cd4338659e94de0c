import { after } from 'next/dist/server/after/index.js'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { readMetricsCase } from '@/lib/http/metrics-text.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.readMetrics, readMetricsCase, deps, after)
