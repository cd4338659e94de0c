import { after } from 'next/dist/server/after/index.js'
import { deleteIdentity } from '@/lib/auth/identities/identities.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(deleteIdentity, accountDeps, after)
