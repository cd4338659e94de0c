import { after } from 'next/dist/server/after/index.js'
import { passkeyOptions } from '@/lib/auth/passkeys/passkey-options.ts'
import { mailDeps } from '@/lib/deps/mail.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(passkeyOptions, mailDeps, after)
