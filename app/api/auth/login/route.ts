import { after } from 'next/dist/server/after/index.js'
import { loginCase } from '@/lib/auth/sessions/login.ts'
import { contract } from '@/lib/contract/operations.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.login, loginCase, accountDeps, after)
