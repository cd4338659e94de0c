import { after } from 'next/dist/server/after/index.js'
import { logInByPasskey } from '@/lib/auth/passkeys/passkey-sign-in.ts'
import { mailDeps } from '@/lib/deps/mail.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(logInByPasskey, mailDeps, after)
