import { after } from 'next/dist/server/after/index.js'
import { deleteUserKey } from '@/lib/auth/accounts/user-keys.ts'
import { keyDeps } from '@/lib/deps/key.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(deleteUserKey, keyDeps, after)
