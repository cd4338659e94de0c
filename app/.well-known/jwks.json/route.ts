import { after } from 'next/dist/server/after/index.js'
import { jwks } from '@/lib/auth/tokens/jwks.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(jwks, deps, after)
