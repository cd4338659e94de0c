import { after } from 'next/dist/server/after/index.js'
import { generatePasswordCase } from '@/lib/auth/passwords/generate-password.ts'
import { contract } from '@/lib/contract/operations.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.generatePassword, generatePasswordCase, accountDeps, after)
