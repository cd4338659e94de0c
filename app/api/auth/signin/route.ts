import { after } from 'next/dist/server/after/index.js'
import { signInCase } from '@/lib/auth/sessions/sign-in.ts'
import { contract } from '@/lib/contract/operations.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.signIn, signInCase, accountDeps, after)
