import { after } from 'next/dist/server/after/index.js'
import { jwksCase } from '@/lib/auth/tokens/jwks.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.jwks, jwksCase, deps, after)
