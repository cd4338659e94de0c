import { after } from 'next/dist/server/after/index.js'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { openapiCase } from '@/lib/http/openapi.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.openapi, openapiCase, deps, after)
