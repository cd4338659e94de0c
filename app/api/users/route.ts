import { after } from 'next/dist/server/after/index.js'
import { listUsers } from '@/lib/auth/accounts/users.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listUsers, deps, after)
