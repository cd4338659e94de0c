import { after } from 'next/dist/server/after/index.js'
import { changePasswordCase } from '@/lib/auth/passwords/change-password.ts'
import { contract } from '@/lib/contract/operations.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.changePassword, changePasswordCase, accountDeps, after)
