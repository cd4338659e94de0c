import { after } from 'next/dist/server/after/index.js'
import { collectionDeps } from '@/lib/deps/collection.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { callTools } from '@/lib/http/mcp.ts'

export const runtime = 'edge'
export const POST = endpoint(callTools, collectionDeps, after)
