import { after } from 'next/dist/server/after/index.js'
import { accountDeps } from '@/lib/account-deps.ts'
import { generatePasswordCase } from '@/lib/auth/generate-password.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.generatePassword, generatePasswordCase, accountDeps, after)
