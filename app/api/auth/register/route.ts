import { after } from 'next/dist/server/after/index.js'
import { registerCase } from '@/lib/auth/accounts/register.ts'
import { contract } from '@/lib/contract/operations.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.register, registerCase, accountDeps, after)
