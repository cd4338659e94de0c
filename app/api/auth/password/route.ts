import { after } from 'next/dist/server/after/index.js'
import { changePassword } from '@/lib/auth/passwords/change-password.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(changePassword, accountDeps, after)
