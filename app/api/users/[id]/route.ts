import { after } from 'next/dist/server/after/index.js'
import { deleteUser } from '@/lib/auth/accounts/user-records.ts'
import { changeUser, readUser } from '@/lib/auth/accounts/users.ts'
import { deps } from '@/lib/deps/counted.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(readUser, deps, after)
export const PATCH = endpoint(changeUser, deps, after)
export const DELETE = endpoint(deleteUser, deps, after)
