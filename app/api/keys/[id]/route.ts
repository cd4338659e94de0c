import { after } from 'next/dist/server/after/index.js'
import { deleteKey } from '@/lib/auth/api-keys/api-keys.ts'
import { keyDeps } from '@/lib/deps/key.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(deleteKey, keyDeps, after)
