import { after } from 'next/dist/server/after/index.js'
import { login } from '@/lib/auth/sessions/login.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(login, accountDeps, after)
