import { after } from 'next/dist/server/after/index.js'
import { register } from '@/lib/auth/accounts/register.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(register, accountDeps, after)
