import { after } from 'next/dist/server/after/index.js'
import { endSessionCase } from '@/lib/auth/sessions/sessions.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(contract.endSession, endSessionCase, deps, after)
