import { after } from 'next/dist/server/after/index.js'
import { resendVerification } from '@/lib/auth/accounts/resend-verification.ts'
import { mailDeps } from '@/lib/deps/mail.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(resendVerification, mailDeps, after)
