import { after } from 'next/dist/server/after/index.js'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { healthCase } from '@/lib/http/health.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.health, healthCase, deps, after)
