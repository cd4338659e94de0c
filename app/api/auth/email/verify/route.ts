import { after } from 'next/dist/server/after/index.js'
import { verifyCase } from '@/lib/auth/accounts/email.ts'
import { contract } from '@/lib/contract/operations.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.verifyEmail, verifyCase, accountDeps, after)
