import { after } from 'next/dist/server/after/index.js'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { graphSchema } from '@/lib/http/graphql-schema.ts'

export const runtime = 'edge'
export const GET = endpoint(graphSchema, deps, after)
