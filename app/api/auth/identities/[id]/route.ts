import { after } from 'next/dist/server/after/index.js'
import { deleteIdentity } from '@/lib/auth/identities/identities.ts'
import { countedAccountDeps } from '@/lib/deps/counted-account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(deleteIdentity, countedAccountDeps, after)
