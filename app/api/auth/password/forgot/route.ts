import { after } from 'next/dist/server/after/index.js'
import { forgotPassword } from '@/lib/auth/passwords/forgot-password.ts'
import { mailDeps } from '@/lib/deps/mail.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(forgotPassword, mailDeps, after)
