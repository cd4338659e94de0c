import { after } from 'next/dist/server/after/index.js'
import { unlockUser } from '@/lib/auth/accounts/unlock.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(unlockUser, deps, after)
