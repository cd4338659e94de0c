import { after } from 'next/dist/server/after/index.js'
import { createKey, listKeys } from '@/lib/auth/api-keys/api-keys.ts'
import { keyDeps } from '@/lib/deps/key.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listKeys, keyDeps, after)
export const POST = endpoint(createKey, keyDeps, after)
