import { after } from 'next/dist/server/after/index.js'
import { listEventsCase } from '@/lib/auth/operators/events.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listEvents, listEventsCase, deps, after)
