import { after } from 'next/dist/server/after/index.js'
import { newPasskeyOptions } from '@/lib/auth/passkeys/new-passkey-options.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(newPasskeyOptions, accountDeps, after)
