import { after } from 'next/dist/server/after/index.js'
import { listProviders } from '@/lib/auth/identities/list-providers.ts'
import { waysInDeps } from '@/lib/deps/ways-in.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listProviders, waysInDeps, after)
