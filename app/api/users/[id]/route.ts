import { after } from 'next/dist/server/after/index.js'
import { deleteUser } from '@/lib/auth/accounts/delete-user.ts'
import { changeUser, readUser } from '@/lib/auth/accounts/users.ts'
import { removalDeps } from '@/lib/deps/removal.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(readUser, removalDeps, after)
export const PATCH = endpoint(changeUser, removalDeps, after)
export const DELETE = endpoint(deleteUser, removalDeps, after)
