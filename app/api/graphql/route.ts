import { after } from 'next/dist/server/after/index.js'
import { graphDeps } from '@/lib/deps/graph.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { queryGraph, runGraph } from '@/lib/http/graphql.ts'

export const runtime = 'edge'
export const GET = endpoint(queryGraph, graphDeps, after)
export const POST = endpoint(runGraph, graphDeps, after)
