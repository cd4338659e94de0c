import { after } from 'next/dist/server/after/index.js'
import { forgotCase } from '@/lib/auth/forgot-password.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { mailDeps } from '@/lib/mail-deps.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.forgotPassword, forgotCase, mailDeps, after)
