import { after } from 'next/dist/server/after/index.js'
import { jwksCase } from '@/lib/auth/jwks.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.jwks, jwksCase, deps, after)
