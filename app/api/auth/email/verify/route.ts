import { after } from 'next/dist/server/after/index.js'
import { verifyEmail } from '@/lib/auth/accounts/verify-email.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(verifyEmail, accountDeps, after)
