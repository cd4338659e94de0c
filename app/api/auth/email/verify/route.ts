import { after } from 'next/dist/server/after/index.js'
import { verifyCase } from '@/lib/auth/email.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { mailDeps } from '@/lib/mail-deps.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.verifyEmail, verifyCase, mailDeps, after)
