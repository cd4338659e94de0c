import { after } from 'next/dist/server/after/index.js'
import { accountDeps } from '@/lib/account-deps.ts'
import { loginCase } from '@/lib/auth/login.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.login, loginCase, accountDeps, after)
