import { after } from 'next/dist/server/after/index.js'
import { listIdentities } from '@/lib/auth/identities/identities.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listIdentities, deps, after)
