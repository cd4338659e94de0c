import { after } from 'next/dist/server/after/index.js'
import { resetPassword } from '@/lib/auth/passwords/reset-password.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(resetPassword, accountDeps, after)
