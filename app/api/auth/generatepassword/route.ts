import { after } from 'next/dist/server/after/index.js'
import { generatePassword } from '@/lib/auth/passwords/generate-password.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(generatePassword, accountDeps, after)
