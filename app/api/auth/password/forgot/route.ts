import { after } from 'next/dist/server/after/index.js'
import { forgotCase } from '@/lib/auth/passwords/forgot-password.ts'
import { contract } from '@/lib/contract/operations.ts'
import { mailDeps } from '@/lib/deps/mail.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.forgotPassword, forgotCase, mailDeps, after)
