import { after } from 'next/dist/server/after/index.js'
import { listEventsCase } from '@/lib/auth/events.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listEvents, listEventsCase, deps, after)
