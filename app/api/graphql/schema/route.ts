import { after } from 'next/dist/server/after/index.js'
import { graphDeps } from '@/lib/deps/graph.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { graphSchema } from '@/lib/http/graphql.ts'

export const runtime = 'edge'
export const GET = endpoint(graphSchema, graphDeps, after)
