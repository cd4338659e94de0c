import { after } from 'next/dist/server/after/index.js'
import { listKeys } from '@/lib/auth/api-keys/api-keys.ts'
import { createKey } from '@/lib/auth/api-keys/create-key.ts'
import { newKeyDeps } from '@/lib/deps/new-key.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listKeys, newKeyDeps, after)
export const POST = endpoint(createKey, newKeyDeps, after)
