import { after } from 'next/dist/server/after/index.js'
import { listUserKeys } from '@/lib/auth/accounts/user-keys.ts'
import { keyDeps } from '@/lib/deps/key.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listUserKeys, keyDeps, after)
